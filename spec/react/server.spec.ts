// `cowslip/react` where there is no page: server rendering, and wrong arguments.
import * as assert from 'uvu/assert'
import { createElement, StrictMode, useSyncExternalStore } from 'react'
import { renderToString } from 'react-dom/server'
import { createCollection, createStore } from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'
import { useDocument, useEdit, useQuery, useStore, useUndo } from 'cowslip/react'
import { code, suite } from '../support/suite.ts'

const test = suite('cowslip/react on a server')

const store = createStore({ name: 'Ada', address: { city: 'London' } })
const render = (component: () => unknown) =>
  renderToString(createElement(StrictMode, null, createElement(component as () => string)))

test('what is shown is rendered', () => {
  store.edit(draft => void (draft.name = 'Grace'))
  const text = render(() => {
    const { canUndo, canRedo } = useUndo(store)
    const form = useEdit(store)
    return [
      useStore(store).name,
      useStore(store, 'address.city'),
      useStore(store, s => s.address.city.length),
      form.values.name,
      canUndo,
      canRedo,
    ].join()
  })
  assert.is(text, 'Grace,London,6,Grace,true,false')
})

test('`store.subscribe` with a function of no arguments is what useSyncExternalStore wants', () => {
  const show = () => useSyncExternalStore(store.subscribe, () => store.state).name
  const { subscribe } = store
  let heard = 0
  const stop = subscribe(() => heard++)
  store.edit(draft => void (draft.address.city = 'Paris'))
  stop()
  assert.equal([heard], [1])
  assert.throws(() => render(show), /getServerSnapshot/)
})

test('wrong arguments are refused', () => {
  const docs = createCollection('docs', { adapter: memoryAdapter() })
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  const wrong: (() => unknown)[] = [
    () => useDocument({} as never, 1),
    () => useDocument(docs, undefined as never),
    () => useDocument(docs, 1, { suspend: true } as never),
    () => useQuery({} as never),
    () => useQuery(docs, cyclic),
    () => useStore({} as never),
    () => useStore(null as never),
    () => useEdit({} as never),
    () => useStore(store, (s: any) => s.name, 1 as never),
    () => useStore(store, 7 as never),
  ]
  for (const component of wrong) assert.throws(() => render(component), code('bad-argument'))
})

test('an error of a selector is thrown where it is rendered', () => {
  const fail = (): never => {
    throw new RangeError('in a selector')
  }
  assert.throws(() => render(() => useStore(store, fail)), /in a selector/)
})

test.run()
