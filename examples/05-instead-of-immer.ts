// Where Immer was: a reducer in the style of Redux Toolkit, and a hook's updater in React's. Only the
// import has changed.
import { current, produce } from 'cowslip/produce'

interface Todo {
  title: string
  done: boolean
}
interface State {
  todos: Todo[]
  filter: 'all' | 'open'
}
type Action = { type: 'added'; title: string } | { type: 'toggled'; index: number }

const initial: State = { todos: [{ title: 'Tea', done: false }], filter: 'all' }

// A curried producer is a reducer. `current` gives what can be logged or kept.
const reducer = produce((draft, action: Action) => {
  switch (action.type) {
    case 'added':
      draft.todos.push({ title: action.title, done: false })
      return
    case 'toggled': {
      const todo = draft.todos[action.index]
      if (todo === undefined) return
      todo.done = !todo.done
      console.log('logged:', JSON.stringify(current(todo)))
    }
  }
}, initial)

const actions: Action[] = [
  { type: 'added', title: 'Milk' },
  { type: 'added', title: 'Scones' },
  { type: 'toggled', index: 0 },
]
const state = actions.reduce<State>((now, action) => reducer(now, action), initial)
console.log(`${state.todos.length} todos, ${state.todos.filter(({ done }) => done).length} done`)

// `setState(produce(draft => { ... }))`, as with useState and use-immer.
let shown: State = state
const setState = (update: (now: State) => State): void => {
  shown = update(shown)
}
setState(
  produce((draft: State) => {
    draft.filter = 'open'
  }),
)
console.log('filter:', shown.filter)
console.log('same list:', shown.todos === state.todos)
