import * as assert from 'uvu/assert'
import { ChangeSet, createCollection, createStore, diff } from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'
import { produce } from 'cowslip/produce/full'
import { suite } from '../support/suite.ts'

const test = suite('depth')

/** A value of so many levels. */
function nest(levels: number, end: unknown = 1): any {
  let value = end
  for (let i = 0; i < levels; i++) value = { v: value }
  return value
}

const REFUSAL =
  /^Expected at most 1000 levels\. Received more, at "v\.v\.[v.]+ \.\.\. [v.]+"\. Refer/

function refuses(run: () => unknown, refusal: RegExp = REFUSAL): void {
  try {
    run()
    assert.unreachable('too deep')
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    assert.match(message, refusal, `${message} ${String((error as Error).stack).slice(0, 900)}`)
    assert.is(code, 'unsupported-value')
    assert.ok(message.length < 250, 'a short message')
  }
}

test('a store takes a thousand levels, counted from its root, whichever way they come', () => {
  const whole = createStore<any>(nest(1_000))
  refuses(() => createStore(nest(1_001)))
  const stepwise = createStore<any>({ v: 1 })
  stepwise.edit(d => {
    let at = d
    for (let i = 1; i < 1_000; i++) {
      at.v = { v: 1 }
      at = at.v
    }
  })
  assert.equal(JSON.stringify(stepwise.state), JSON.stringify(whole.state))
  const deepest = (d: any): any => {
    while (typeof d.v === 'object') d = d.v
    return d
  }
  for (const store of [whole, stepwise]) {
    refuses(() => store.edit(d => void (deepest(d).v = {})))
    refuses(() => store.edit(d => void (deepest(d).v = [])))
    refuses(() => store.edit(d => void (d.v.v = nest(999))))
    refuses(() => store.patch({ v: nest(1_000) }))
    refuses(() => store.apply([{ op: 'replace', path: ['v'], value: nest(1_000) }]))
    const change = store.edit(d => void (deepest(d).v = 2)) as ChangeSet
    const read = ChangeSet.from(JSON.parse(JSON.stringify(change)))
    assert.equal(read.touched, ['v'])
    store.apply(read.invert())
  }
  refuses(() => diff(nest(1_001), {}))
  assert.is(diff(nest(1_000), nest(1_000, 2)).isEmpty, false)
})

test('what is moved further down counts with all that is below it', () => {
  const store = createStore<any>({ a: nest(600), b: nest(300), c: [nest(998)] })
  const { state } = store
  const end = (at: any): any => {
    while (typeof at.v === 'object') at = at.v
    return at
  }
  store.edit(d => void (end(d.b).v = d.a))
  const refusal = /^Expected at most 1000 levels/
  refuses(() => store.edit(d => void (end(d.b).v = { d: d.a })), refusal)
  store.edit(d => void (d.b = 1))
  refuses(() => store.edit(d => void (d.b = { deep: [d.c] })), refusal)
  refuses(() => store.edit(d => void (d.b = { deep: state.c })), refusal)
  store.edit(d => void (d.c = [...d.c]))
  store.edit(d => void ([d.a, d.c] = [d.c, d.a]))
})

test('an adapter with fewer levels refuses on insert, wrap, edit and patch, before anything is sent', async () => {
  const memory = memoryAdapter()
  let sent = 0
  const adapter = {
    ...memory,
    capabilities: { ...memory.capabilities, maxDepth: 100 },
    load: memory.load.bind(memory),
    commit: (commit: never) => (sent++, memory.commit(commit)),
  }
  const docs = createCollection<any>('docs', { adapter })
  const refusal = /^Expected at most 100 levels/
  const rejects = async (run: () => Promise<unknown>): Promise<void> => {
    const error = await run().catch((failure: unknown) => failure)
    refuses(() => {
      throw error
    }, refusal)
  }
  await rejects(() => docs.insert({ _id: 'a', v: nest(100) }))
  refuses(() => docs.wrap({ _id: 'a', v: nest(100) }), refusal)
  const doc = await docs.insert({ _id: 'a', v: nest(99) })
  assert.is(sent, 1)
  await rejects(() => doc.edit(d => void (d.w = nest(100))))
  await rejects(() => doc.patch({ w: nest(100) }))
  assert.is(sent, 1)
  await doc.edit(d => void (d.w = nest(99)))
})

test('produce has no limit of its own: 3,000 levels', () => {
  const base = nest(3_000)
  const next = produce(base, (d: any) => {
    let at = d
    while (typeof at.v === 'object') at = at.v
    at.v = 2
  })
  const built = produce<any>({}, d => {
    let at = d
    for (let i = 0; i < 3_000; i++) {
      at.v = {}
      at = at.v
    }
  })
  const inserted = produce<any>({}, d => void (d.v = nest(3_000)))
  for (const made of [next, built, inserted]) {
    let [at, levels] = [made, 0]
    for (; typeof at.v === 'object'; levels++) {
      assert.ok(Object.isFrozen(at))
      at = at.v
    }
    assert.ok(levels >= 2_999, `${levels} levels`)
  }
})

test.run()
