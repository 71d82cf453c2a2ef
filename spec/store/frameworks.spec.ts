// Stores beside the reactive values of Svelte, Vue and Preact, as the guide has it.
import { effect as preactEffect, signal } from '@preact/signals-core'
import { effect as vueEffect, shallowRef } from '@vue/reactivity'
import { createCollection, createStore, toReadable } from 'cowslip'
import * as light from 'cowslip/light'
import { memoryAdapter } from 'cowslip/memory'
import { derived, get } from 'svelte/store'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

const test = suite('stores in frameworks')

for (const [kind, create] of [
  ['cowslip', createStore],
  ['cowslip/light', light.createStore],
] as const) {
  test(`Svelte: a readable store of ${kind}, derived and left`, () => {
    const store = create({ first: 'Ada', last: 'Lovelace', at: new Date(5) })
    const name = derived(toReadable(store), ({ first, last }) => `${first} ${last}`)
    const seen: string[] = []
    const stop = name.subscribe(text => seen.push(text))
    store.edit(draft => void (draft.first = 'Augusta'))
    store.edit(draft => void (draft.first = 'Augusta'))
    stop()
    store.edit(draft => void (draft.first = 'Grace'))
    assert.equal(seen, ['Ada Lovelace', 'Augusta Lovelace'])
    assert.is(get(name), 'Grace Lovelace')
    assert.is(get(toReadable(store)), store.state)
  })
}

test('Svelte: a live document, and a change within the first call', async () => {
  const people = createCollection<{ _id: string; n: number }>('people', {
    adapter: memoryAdapter(),
  })
  const ada = await people.insert({ _id: 'ada', n: 0 })
  const seen: number[] = []
  const stop = toReadable(ada).subscribe(({ n }) => {
    seen.push(n)
    if (n === 0) void ada.edit(draft => void (draft.n = 1))
  })
  await ada.settled()
  stop()
  assert.equal(seen, [0, 1])
})

test('what is no store is refused', () => {
  for (const bad of [undefined, null, {}, 7]) {
    assert.throws(() => toReadable(bad as never), code('bad-argument'))
  }
})

test('Vue: a shallow ref', () => {
  const store = createStore({ n: 1 })
  const state = shallowRef(store.state)
  const stop = store.subscribe(() => (state.value = store.state))
  const seen: number[] = []
  vueEffect(() => void seen.push(state.value.n))
  store.edit(draft => void draft.n++)
  store.undo()
  stop()
  store.edit(draft => void draft.n++)
  assert.equal(seen, [1, 2, 1])
  assert.is(Object.isFrozen(state.value), true)
})

test('Preact: a signal', () => {
  const store = createStore({ n: 1, other: 0 })
  const n = signal(store.state.n)
  store.select(
    state => state.n,
    value => (n.value = value),
  )
  const seen: number[] = []
  preactEffect(() => void seen.push(n.value))
  store.edit(draft => void draft.n++)
  store.edit(draft => void draft.other++)
  assert.equal(seen, [1, 2])
})

test.run()
