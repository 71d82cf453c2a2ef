// `persist` on storages that the spec plays: answers at once and later, errors, records of others.
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { createStore } from 'cowslip'
import * as light from 'cowslip/light'
import { persist, type PersistOptions } from 'cowslip/persist'
import { code, suite } from '../support/suite.ts'
import { Random } from '../properties/random.ts'

const test = suite('persist')

class Texts {
  readonly texts = new Map<string, string>()
  writes = 0
  getItem = (key: string): string | null => this.texts.get(key) ?? null
  setItem = (key: string, text: string): void => {
    this.writes++
    this.texts.set(key, text)
  }
}

/** Answers later, as IndexedDB does. */
const later = (texts: Texts, random = new Random(1)) => ({
  getItem: async (key: string) => (await sleep(random.below(3)), texts.getItem(key)),
  setItem: async (key: string, text: string) => (
    await sleep(random.below(3)),
    texts.setItem(key, text)
  ),
})

const document = () => ({
  name: 'Ada',
  tags: ['math'],
  born: new Date(0),
  seen: new Map([['a', 1]]),
})
const OPTIONS = { key: 'doc', debounceMS: 1 }
const stored = (texts: Texts): any => JSON.parse(texts.texts.get('doc') ?? 'null')

for (const [how, open] of [
  ['at once', (texts: Texts) => texts],
  ['later', (texts: Texts) => later(texts)],
] as const) {
  test(`${how}: what was edited is there again, type for type, and is no step to undo`, async () => {
    const texts = new Texts()
    const store = createStore(document())
    const kept = persist(store, { ...OPTIONS, storage: open(texts) })
    await kept.ready
    assert.is(texts.writes, 0)
    store.edit(draft => {
      draft.tags.push('navy')
      draft.seen.set('b', 2)
      draft.born.setFullYear(1815)
    })
    for (let i = 0; i < 20; i++) store.patch({ name: `Ada ${i}` })
    await kept.flush()
    assert.is(texts.writes, 1)
    await kept.stop()
    const again = createStore(document())
    const second = persist(again, { ...OPTIONS, storage: open(texts) })
    await second.ready
    assert.equal(again.state, store.state)
    assert.is(again.canUndo, false)
    await second.stop()
    assert.is(texts.writes, 1)
  })

  test(`${how}: two stores take each other's edits in, and undo leaves them alone`, async () => {
    const texts = new Texts()
    const [a, b] = [
      createStore<any>(document()),
      light.withHistory(light.createStore<any>(document())),
    ]
    const kept = [a, b].map(store => persist(store as any, { ...OPTIONS, storage: open(texts) }))
    await Promise.all(kept.map(({ ready }) => ready))
    a.edit(draft => void draft.tags.push('navy'))
    b.edit(draft => void draft.tags.unshift('poetry'))
    for (let i = 0; i < 3; i++) for (const one of kept) await one.flush()
    assert.equal(a.state.tags, ['poetry', 'math', 'navy'])
    assert.equal(b.state.tags, a.state.tags)
    a.undo()
    for (let i = 0; i < 3; i++) for (const one of kept) await one.flush()
    assert.equal(b.state.tags, ['poetry', 'math'])
    assert.equal(stored(texts).state.tags, ['poetry', 'math'])
    const { writes } = texts
    await sleep(30)
    assert.is(texts.writes, writes, 'they do not write to and fro')
    for (const one of kept) await one.stop()
  })
}

test('300 random edits of three stores: all are equal in the end, and no element is lost', async () => {
  for (const seed of [1, 2, 3]) {
    const random = new Random(seed)
    const texts = new Texts()
    const stores = [0, 1, 2].map(() => createStore<any>({ list: [], by: {} }))
    const kept = stores.map(store => persist(store, { ...OPTIONS, storage: later(texts, random) }))
    await Promise.all(kept.map(({ ready }) => ready))
    for (let n = 0; n < 300; n++) {
      const at = random.below(3)
      stores[at]!.edit((draft: any) => {
        draft.list.push(n)
        draft.by[`k${n % 7}`] = at
      })
      if (random.chance(0.2)) await sleep(random.below(3))
    }
    for (let i = 0; i < 6; i++) for (const one of kept) await one.flush()
    for (const store of stores) {
      assert.equal(store.state, stores[0]!.state, `seed ${seed}`)
      assert.equal(
        [...store.state.list].sort((a: number, b: number) => a - b),
        Array.from({ length: 300 }, (_, n) => n),
      )
    }
    assert.equal(stored(texts).state, stores[0]!.state)
    for (const one of kept) await one.stop()
  }
})

test('what is edited before the record is read stays on top of it', async () => {
  const texts = new Texts()
  const first = persist(createStore({ a: 1, b: 1 }), { ...OPTIONS, storage: texts })
  await first.stop()
  const one = createStore({ a: 1, b: 1 })
  const kept = persist(one, { ...OPTIONS, storage: texts })
  await kept.ready
  one.patch({ a: 2, b: 2 })
  await kept.stop()
  const store = createStore({ a: 1, b: 1 })
  const again = persist(store, { ...OPTIONS, storage: later(texts) })
  store.patch({ b: 3 })
  await again.ready
  assert.equal(store.state, { a: 2, b: 3 })
  await again.stop()
  assert.equal(stored(texts).state, { a: 2, b: 3 })
})

test('a record of an older shape is brought on, and kept aside', async () => {
  const texts = new Texts()
  const old = createStore<any>({ name: 'Ada Lovelace' })
  const kept = persist(old, { ...OPTIONS, storage: texts })
  await kept.ready
  old.patch({ name: 'Ada King' })
  await kept.stop()
  const store = createStore<any>({ first: '', last: '' })
  const versions = [
    ({ name }: any) => ({ full: name }),
    ({ full }: any) => ({ first: full.split(' ')[0], last: full.split(' ')[1] }),
  ]
  const again = persist(store, { ...OPTIONS, storage: texts, versions })
  await again.stop()
  assert.equal(store.state, { first: 'Ada', last: 'King' })
  assert.equal([stored(texts).shape, stored(texts).state], [2, { first: 'Ada', last: 'King' }])
  assert.equal(JSON.parse(texts.texts.get('doc.before-2')!).state, { name: 'Ada King' })
})

test('a record of a newer program is left alone, and told once', async () => {
  const texts = new Texts()
  const newer = JSON.stringify({ cowslip: 1, id: 'x', shape: 3, state: { later: true } })
  texts.texts.set('doc', newer)
  const errors: any[] = []
  const store = createStore({ n: 1 })
  const kept = persist(store, { ...OPTIONS, storage: texts, onError: error => errors.push(error) })
  await kept.ready
  store.patch({ n: 2 })
  await kept.flush()
  await kept.stop()
  assert.equal([texts.texts.get('doc'), texts.writes, store.state.n], [newer, 0, 2])
  assert.equal(
    errors.map(({ code }) => code),
    ['unreadable'],
  )
})

for (const text of [
  '{',
  'null',
  '[]',
  '{"cowslip":1}',
  '{"cowslip":1,"id":"x","shape":0,"state":7}',
  '{"cowslip":1,"id":"x","shape":0,"state":{"$cow":["nothing",1]}}',
]) {
  test(`a record that cannot be read is kept aside and told: ${text}`, async () => {
    const texts = new Texts()
    texts.texts.set('doc', text)
    const told: [string, string | null][] = []
    const store = createStore({ n: 1 })
    const onError: PersistOptions['onError'] = (error, key) => told.push([(error as any).code, key])
    const kept = persist(store, { ...OPTIONS, storage: texts, onError })
    await kept.ready
    assert.equal(
      told.map(([code]) => code),
      ['unreadable'],
    )
    assert.is(texts.texts.get(told[0]![1]!), text)
    assert.equal(stored(texts).state, { n: 1 })
    store.patch({ n: 2 })
    await kept.stop()
    assert.equal([stored(texts).state, told.length], [{ n: 2 }, 1])
  })
}

test('errors of the storage are told, and what failed is written with the next edit', async () => {
  const texts = new Texts()
  let isFull = true
  const storage = {
    getItem: texts.getItem,
    setItem(key: string, text: string) {
      if (isFull) throw new DOMException('full', 'QuotaExceededError')
      texts.setItem(key, text)
    },
  }
  const errors: unknown[] = []
  const store = createStore({ n: 1 })
  const kept = persist(store, { ...OPTIONS, storage, onError: error => errors.push(error) })
  await kept.ready
  store.patch({ n: 2 })
  await kept.flush()
  assert.equal([errors.length, texts.writes], [1, 0])
  isFull = false
  store.patch({ n: 3 })
  await kept.stop()
  assert.equal(stored(texts).state, { n: 3 })
})

test('a storage with promises of its own class, and with undefined for nothing', async () => {
  const texts = new Texts()
  const own = <R>(value: R) => ({
    then: (done: (value: R) => unknown) => Promise.resolve(value).then(done),
  })
  const storage: any = {
    getItem: (key: string) => own(texts.texts.get(key)),
    setItem: (key: string, text: string) => own(texts.setItem(key, text)),
  }
  const errors: unknown[] = []
  const onError = (error: unknown): void => void errors.push(error)
  const store = createStore({ n: 1 })
  const kept = persist(store, { ...OPTIONS, storage, onError })
  await kept.ready
  store.patch({ n: 2 })
  await kept.stop()
  const again = createStore({ n: 1 })
  await persist(again, { ...OPTIONS, storage, onError }).stop()
  assert.equal(
    [errors, stored(texts).state, again.state, texts.texts.size],
    [[], { n: 2 }, { n: 2 }, 1],
  )
})

test('an error tells nothing of what was stored', async () => {
  const texts = new Texts()
  texts.texts.set('doc', 'secret')
  const errors: Error[] = []
  const store = createStore({ n: 1 })
  const onError = (error: unknown): void => void errors.push(error as Error)
  await persist(store, { ...OPTIONS, storage: texts, onError }).stop()
  assert.is(errors.length, 1)
  assert.not.match(errors[0]!.message, /secret/)
})

test('wrong arguments are refused', () => {
  const storage = new Texts()
  const store = createStore({})
  const wrong: [any, any][] = [
    [{}, { key: 'k', storage }],
    [null, { key: 'k', storage }],
    [store, { key: '', storage }],
    [store, { storage }],
    [store, { key: 'k', storage: {} }],
    [store, { key: 'k', storage: null }],
    [store, { key: 'k', storage, versions: {} }],
    [store, { key: 'k', storage, versions: [1] }],
    [store, { key: 'k', storage, debounceMS: -1 }],
    [store, { key: 'k', storage, onError: 1 }],
    [store, { key: 'k', storage, other: 1 }],
  ]
  for (const [s, options] of wrong) assert.throws(() => persist(s, options), code('bad-argument'))
})

test.run()
