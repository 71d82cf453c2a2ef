// The bridge to the Redux DevTools, with an extension that the spec plays.
import * as assert from 'uvu/assert'
import { createCollection, createStore } from 'cowslip'
import * as light from 'cowslip/light'
import { memoryAdapter } from 'cowslip/memory'
import { connectDevtools } from 'cowslip/devtools'
import { code, suite } from '../support/suite.ts'

const test = suite('connectDevtools')

/** Plays the extension. Returns what it was told, and a function that says something. */
function play() {
  const told: any[] = []
  let hear: (message: any) => void = () => {}
  const connect = (options: any) => {
    told.push(['connect', options.name])
    return {
      init: (state: unknown) => told.push(['init', state]),
      send: (action: any, state: unknown) => told.push(['send', action.type, state, action.lines]),
      error: (text: string) => told.push(['error', text.slice(0, 30)]),
      subscribe(listener: (message: any) => void) {
        hear = listener
        return () => void (hear = () => {})
      },
    }
  }
  ;(globalThis as any).__REDUX_DEVTOOLS_EXTENSION__ = { connect }
  return { told, say: (message: any) => hear(message) }
}

const jump = (actionId: number, state = '{}') => {
  return { type: 'DISPATCH', payload: { type: 'JUMP_TO_ACTION', actionId }, state }
}

test('without an extension it does nothing', () => {
  delete (globalThis as any).__REDUX_DEVTOOLS_EXTENSION__
  connectDevtools(createStore({ n: 1 }))()
})

for (const [kind, make] of [
  ['cowslip', (entity: any) => createStore<any>(entity)],
  ['light', (entity: any) => light.withHistory(light.createStore<any>(entity))],
] as const) {
  test(`${kind}: each change set is a step, jumps go back and forth, undo leaves jumps alone`, () => {
    const { told, say } = play()
    const store = make({ n: 1, at: new Date(5), tags: [] })
    const [first] = [store.state]
    const stop = connectDevtools(store, { name: 'doc' })
    store.edit((draft: any) => void draft.n++, { label: 'count' })
    store.edit((draft: any) => void draft.tags.push('a'))
    assert.equal(told, [
      ['connect', 'doc'],
      ['init', first],
      ['send', 'count', { ...first, n: 2 }, ['n: 1 -> 2']],
      ['send', 'tags', store.state, ["tags[0]: + 'a'"]],
    ])
    const last = store.state
    say(jump(0))
    assert.equal(store.state, first)
    assert.is(store.state.at.getTime(), 5)
    say(jump(2))
    assert.equal(store.state, last)
    assert.is(told.length, 4)
    say({ type: 'ACTION', payload: '{"type":"undo"}' })
    assert.equal(store.state.tags, [])
    assert.equal(told.at(-1).slice(0, 2), ['send', 'undo tags'])
    say({ type: 'ACTION', payload: '{"type":"redo"}' })
    assert.equal(store.state, last)
    say({ type: 'ACTION', payload: '{"type":"other"}' })
    say({ type: 'ACTION', payload: '{' })
    assert.equal(
      told.slice(-2).map(([what]) => what),
      ['error', 'error'],
    )
    stop()
    const { length } = told
    store.patch({ n: 9 })
    say(jump(0))
    assert.equal([told.length, store.state.n], [length, 9])
  })
}

test('reset, commit, roll back, import and pause', () => {
  const { told, say } = play()
  const store = createStore<any>({ n: 1 })
  connectDevtools(store)
  const dispatch = (payload: object, state?: unknown) =>
    say({ type: 'DISPATCH', payload, ...(state !== undefined && { state: JSON.stringify(state) }) })
  store.patch({ n: 2 })
  dispatch({ type: 'COMMIT' })
  store.patch({ n: 3 })
  dispatch({ type: 'RESET' })
  assert.is(store.state.n, 2)
  dispatch({ type: 'ROLLBACK' }, { n: 7 })
  assert.is(store.state.n, 7)
  const nextLiftedState = {
    computedStates: [{ state: { n: 8 } }, { state: { n: 9 } }],
    currentStateIndex: 0,
  }
  dispatch({ type: 'IMPORT_STATE', nextLiftedState })
  assert.is(store.state.n, 8)
  const inits = told.filter(([what]) => what === 'init').map(([, state]) => state.n)
  assert.equal(inits, [1, 2, 2, 7, 8])
  dispatch({ type: 'PAUSE_RECORDING', status: true })
  const { length } = told
  store.patch({ n: 10 })
  assert.is(told.length, length)
  dispatch({ type: 'PAUSE_RECORDING', status: false })
  store.patch({ n: 11 })
  assert.is(told.length, length + 1)
  dispatch({ type: 'SOMETHING' })
  say({ type: 'START' })
  dispatch({ type: 'ROLLBACK' }, 'no document')
  assert.is(told.at(-1)[0], 'error')
})

test('a stored document shows its steps and undoes, and does not jump', async () => {
  const { told, say } = play()
  const tasks = createCollection<any>('tasks', { adapter: memoryAdapter() })
  const task = await tasks.insert({ _id: 'a', done: false })
  connectDevtools(task, { name: 'task' })
  await task.edit((draft: any) => void (draft.done = true), { label: 'finish' })
  assert.equal(told.at(-1)!.slice(0, 2), ['send', 'finish'])
  say(jump(0))
  assert.equal([told.at(-1)[0], task.state.done], ['error', true])
  say({ type: 'ACTION', payload: '{"type":"undo"}' })
  await new Promise(resolve => setTimeout(resolve, 20))
  assert.is(task.state.done, false)
})

test('wrong arguments are refused', () => {
  for (const wrong of [null, {}, 1] as any[]) {
    assert.throws(() => connectDevtools(wrong), code('bad-argument'))
  }
  assert.throws(() => connectDevtools(createStore({}), { other: 1 } as never), code('bad-argument'))
})

test.run()
