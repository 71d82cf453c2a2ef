// Calculating with changes follows the ops, not the documents: counted by what is compared.
import * as assert from 'uvu/assert'
import { composeOps } from '../../lib/changes/compose.ts'
import type { Op } from '../../lib/changes/ops/ops.ts'
import { rebaseOp } from '../../lib/changes/rebase.ts'
import { diffSnapshots } from '../../lib/changes/diff/diff.ts'
import { leavesOf } from '../../lib/document/leaves/leaves.ts'
import { StoreScope } from '../../lib/draft/strict/store-scope.ts'
import { rules, snapshot } from '../support/drafting.ts'
import { suite } from '../support/suite.ts'

const test = suite('calculating follows the ops')

/** Leaves that count how many objects were asked about. */
function counting() {
  const count = { asked: 0 }
  const is = (): boolean => {
    count.asked++
    return false
  }
  return { leaves: leavesOf([{ is, equals: Object.is }]), count }
}

const documentOf = (n: number): any =>
  snapshot({ items: Array.from({ length: n }, (_, id) => ({ id, tags: ['a'] })), n: 0 })

function edit(base: object, recipe: (draft: any) => void): { op: Op; next: object } {
  const scope = new StoreScope(base, rules)
  recipe(scope.root.proxy)
  const { op, value } = scope.finish()
  scope.end()
  return { op: op as Op, next: value }
}

const mine = (draft: any): void => {
  draft.items[5].tags.push('b')
  draft.items.push({ id: -1 })
  draft.n = 1
}
const theirs = (draft: any): void => {
  draft.items.unshift({ id: -2 })
  draft.items.splice(8, 1)
}

function work(n: number): number[] {
  const base = documentOf(n)
  const a = edit(base, mine)
  const b = edit(a.next, theirs)
  const c = edit(base, theirs)
  const { leaves, count } = counting()
  const asked: number[] = []
  const run = (act: () => unknown): void => {
    count.asked = 0
    act()
    asked.push(count.asked)
  }
  run(() => composeOps(a.op, b.op, leaves))
  run(() => rebaseOp(a.op, c.op, [], { leaves, settle: () => null }))
  return asked
}

test('compose and rebase compare as much in a long array as in a short one', () => {
  const few = work(100)
  assert.equal(work(100_000), few)
  assert.ok(
    few.every(asked => asked < 50),
    `${few}`,
  )
})

test('the difference of two snapshots of one store looks at what changed', () => {
  const asked = [100, 10_000].map(n => {
    const base = snapshot({ wide: documentOf(n), other: documentOf(n) })
    const { next } = edit(base, draft => void (draft.other.n = 5))
    const { leaves, count } = counting()
    diffSnapshots(base, next, { leaves })
    return count.asked
  })
  assert.is(asked[0], asked[1])
})

test.run()
