// `cowslip/produce` has what the installed Immer has; the types are compared in spec/types/produce-types.ts.
import * as assert from 'uvu/assert'
import * as immer from 'immer'
import * as ours from 'cowslip/produce'
import { code, suite } from '../support/suite.ts'

const test = suite('the exports of produce')

test('are those of Immer', () => {
  assert.equal(Object.keys(ours).sort(), Object.keys(immer).sort())
  for (const [name, value] of Object.entries(immer)) {
    assert.is(typeof Reflect.get(ours, name), typeof value, name)
  }
})

test('an instance has what an instance of Immer has, bound', () => {
  const names = [
    ...Object.getOwnPropertyNames(immer.Immer.prototype),
    ...Object.keys(new immer.Immer()),
  ].filter(name => name !== 'constructor' && !name.endsWith('_'))
  const { produce, produceWithPatches, applyPatches, createDraft, finishDraft, ...rest } =
    new ours.Immer()
  const own = { produce, produceWithPatches, applyPatches, createDraft, finishDraft, ...rest }
  assert.equal(Object.keys(own).sort(), names.sort())
  const base = { list: [1] }
  const [next, patches, inverse] = produceWithPatches(base, draft => void draft.list.push(2))
  assert.equal(applyPatches(base, patches), next)
  assert.equal(applyPatches(next, inverse), base)
  const draft = createDraft(base)
  draft.list.push(2)
  assert.equal(finishDraft(draft), next)
  assert.equal(
    produce(base, draft => void draft.list.push(2)),
    next,
  )
})

test('settings are an instance’s own', () => {
  const loose = new ours.Immer({ autoFreeze: false })
  const base = { a: { b: 1 }, c: { d: 1 } }
  const next = loose.produce(base, draft => void draft.a.b++)
  assert.not(Object.isFrozen(next) || Object.isFrozen(next.a) || Object.isFrozen(next.c))
  assert.is(next.c, base.c)
  next.a.b = 9
  Object.assign(next, { more: 1 })
  const last = loose.produce(next, draft => void delete (draft as { c?: unknown }).c)
  assert.equal(last, { a: { b: 9 }, more: 1 })
  assert.ok(Object.isFrozen(ours.produce(base, draft => void draft.a.b++).a))
  loose.setAutoFreeze(true)
  assert.ok(Object.isFrozen(loose.produce({ n: 1 }, draft => void draft.n++)))
  assert.is(loose.shouldUseStrictIteration(), false)
  loose.setUseStrictIteration(true)
  assert.is(loose.shouldUseStrictIteration(), true)
})

test('setAutoFreeze is for the functions of the module', () => {
  ours.setAutoFreeze(false)
  try {
    assert.not(Object.isFrozen(ours.produce({ n: 1 }, draft => void draft.n++)))
  } finally {
    ours.setAutoFreeze(true)
  }
  assert.ok(Object.isFrozen(ours.produce({ n: 1 }, draft => void draft.n++)))
})

test('a listener is refused as long as patches are not enabled', () => {
  const edit = (): unknown =>
    ours.produce(
      { n: 1 },
      draft => void draft.n++,
      () => assert.unreachable(),
    )
  assert.throws(edit, code('bad-argument'))
  const draft = ours.createDraft({ n: 1 })
  assert.throws(() => ours.finishDraft(draft, () => assert.unreachable()), code('bad-argument'))
})

test('wide results that were changed by their owner are copied as they are', () => {
  const { produce } = new ours.Immer({ autoFreeze: false })
  for (const width of [5, 50, 200, 400]) {
    let state: Record<string, number> = {}
    for (let i = 0; i < width; i++) state[`k${i}`] = i
    for (let i = 0; i < 300; i++) {
      state = produce(state, draft => {
        draft.k1 = i
      })
      if (i % 7 === 0) {
        delete state.k0
        state.k0 = i
        state[`new${i % 3}`] = i
      }
      const before = Object.entries(state)
      const next = produce(state, draft => void (draft.k2 = -i - 1))
      assert.equal(
        Object.entries(next),
        before.map(([key, value]) => [key, key === 'k2' ? -i - 1 : value]),
      )
    }
  }
})

test.run()
