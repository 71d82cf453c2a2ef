// Work follows what is touched, however wide or deep the document is: counted, never timed.
import * as assert from 'uvu/assert'
import { statesOf } from '../../lib/draft/state.ts'
import type { Op } from '../../lib/changes/ops/ops.ts'
import { StoreScope } from '../../lib/draft/strict/store-scope.ts'
import { rules, snapshot } from '../support/drafting.ts'
import { suite } from '../support/suite.ts'

const test = suite('work follows what is touched')

interface Work {
  /** Drafts that were opened. */
  readonly drafts: number
  /** Containers of the next state that are not the base's own. */
  readonly made: number
  /** Nodes of the op. */
  readonly ops: number
}

function workOf(base: object, recipe: (draft: any) => void): Work {
  const scope = new StoreScope(base, rules)
  recipe(scope.root.proxy)
  const drafts = statesOf(scope).length
  const { value, op } = scope.finish()
  scope.end()
  const old = containersOf(base)
  const made = [...containersOf(value)].filter(node => !old.has(node)).length
  return { drafts, made, ops: op === null ? 0 : sizeOf(op) }
}

function containersOf(root: unknown): Set<object> {
  const found = new Set<object>()
  const waiting = [root]
  for (let node = waiting.pop(); waiting.length > 0 || node !== undefined; node = waiting.pop()) {
    if (typeof node !== 'object' || node === null || found.has(node)) continue
    found.add(node)
    for (const item of Object.values(node)) if (typeof item === 'object') waiting.push(item)
  }
  return found
}

function sizeOf(op: Op): number {
  if (op.kind === 'object') return 1 + [...op.keys.values()].reduce((sum, o) => sum + sizeOf(o), 0)
  if (op.kind !== 'array') return 1
  const edits = [...(op.edits?.values() ?? [])].reduce((sum, o) => sum + sizeOf(o), 0)
  return 1 + edits + (op.runs?.length ?? 0) + (op.removed?.size ?? 0)
}

/** The same work for every size. */
function constant(make: (size: number) => object, recipe: (draft: any) => void, expected: Work) {
  for (const size of [10, 1_000, 100_000]) {
    assert.equal(workOf(snapshot(make(size)), recipe), expected, `at ${size}`)
  }
}

const wide = (n: number): object => ({
  byId: Object.fromEntries(Array.from({ length: n }, (_, i) => [`id${i}`, { on: false }])),
})
const long = (n: number): object => ({
  items: Array.from({ length: n }, (_, id) => ({ id })),
})

test('one leaf of a wide table', () => {
  constant(wide, draft => (draft.byId.id7.on = true), { drafts: 3, made: 3, ops: 4 })
})

test('one element of a long array', () => {
  constant(long, draft => (draft.items[7].id = 'x'), { drafts: 3, made: 3, ops: 4 })
})

test('a splice at the head, a push, and both', () => {
  // One element was handed out by the splice.
  constant(long, draft => draft.items.splice(0, 1), { drafts: 3, made: 2, ops: 4 })
  constant(long, draft => draft.items.push({ id: -1 }), { drafts: 2, made: 3, ops: 4 })
})

test('an element that is found', () => {
  const recipe = (draft: any): void => {
    draft.items.find((item: any) => item.id === 5).id = 'x'
  }
  constant(long, recipe, { drafts: 3, made: 3, ops: 4 })
})

test('an edit that changes nothing copies nothing', () => {
  constant(wide, () => {}, { drafts: 1, made: 0, ops: 0 })
  constant(long, draft => (draft.items[3].id = 3), { drafts: 3, made: 0, ops: 0 })
})

test('work follows the number of edits', () => {
  for (const n of [1, 10, 100, 1_000]) {
    const { drafts, made, ops } = workOf(snapshot(long(1_000)), draft => {
      for (let i = 0; i < n; i++) draft.items[i].id = -1
    })
    assert.equal([drafts, made, ops], [n + 2, n + 2, n * 2 + 2], `${n} edits`)
  }
})

test('a document a thousand levels deep is edited at its end', () => {
  let deep: any = { leaf: 0 }
  for (let i = 1; i < 900; i++) deep = { below: deep, beside: { i } }
  const work = workOf(snapshot(deep), draft => {
    let at = draft
    while (at.below) at = at.below
    at.leaf = 1
  })
  assert.equal(work, { drafts: 900, made: 900, ops: 901 })
})

test.run()
