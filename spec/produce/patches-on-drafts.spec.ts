// `applyPatches` on a draft: it is edited and returned; if a patch fails, it is as it was before.
import * as assert from 'uvu/assert'
import { applyPatches, current, produce } from 'cowslip/produce/full'
import { suite } from '../support/suite.ts'

const test = suite('patches on drafts')

test('the draft is edited and returned', () => {
  const next = produce({ a: 1, list: [1] }, draft => {
    const same = applyPatches(draft, [
      { op: 'replace', path: ['a'], value: 2 },
      { op: 'add', path: ['list', 1], value: 2 },
    ])
    assert.is(same, draft)
  })
  assert.equal(next, { a: 2, list: [1, 2] })
})

test('one that fails leaves everything as it was, what the recipe put in included', () => {
  const mine = { n: 1 }
  const next = produce({ a: 1, list: [1], mine: { n: 0 } }, draft => {
    draft.mine = mine
    draft.list.push(2)
    const before = current(draft)
    const patches = [
      { op: 'replace' as const, path: ['a'], value: 9 },
      { op: 'replace' as const, path: ['mine', 'n'], value: 9 },
      { op: 'remove' as const, path: ['list', 0] },
      { op: 'add' as const, path: ['nowhere', 'x'], value: 1 },
    ]
    assert.throws(() => applyPatches(draft, patches))
    assert.equal(current(draft), before)
    assert.equal(mine, { n: 1 })
    draft.a++
  })
  assert.equal(next, { a: 2, list: [1, 2], mine: { n: 1 } })
})

test.run()
