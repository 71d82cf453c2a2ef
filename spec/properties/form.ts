// What must hold for the shape of every op: see DESIGN's `Op`.
import * as assert from 'uvu/assert'
import type { ArrayOp, MembersOp, Op } from '../../lib/changes/ops/ops.ts'
import { equal, equalInOrder } from '../support/equal.ts'
import { look } from './values.ts'

/** Throws where `op` is not in canonical form, or does not say of `base` what is there. */
export function checkForm(op: Op, base: unknown, existed = true): void {
  if (op.kind === 'set') {
    assert.is('old' in op, existed, '`old` is present exactly if the key existed')
    if (existed)
      assert.ok(
        equal(op.old, base) && !equalInOrder(op.value, op.old),
        'a set changes its old value',
      )
  } else if (op.kind === 'unset') {
    assert.ok(existed && equal(op.old, base), 'an unset holds what was there')
  } else if (op.kind === 'object') {
    assert.ok(op.keys.size > 0, 'an object op has keys')
    for (const [key, below] of op.keys) {
      checkForm(below, look(base as object, key), Object.hasOwn(base as object, key))
    }
  } else if (op.kind === 'map') {
    assert.ok(op.entries.size > 0, 'a map op has entries')
    const map = base as ReadonlyMap<unknown, unknown>
    for (const [key, below] of op.entries) checkForm(below, map.get(key), map.has(key))
  } else if (op.kind === 'members') checkMembers(op, base as ReadonlySet<unknown>)
  else checkArray(op, base as readonly unknown[])
}

function checkMembers({ added, removed }: MembersOp, base: ReadonlySet<unknown>): void {
  assert.ok(added.length + removed.length > 0, 'a members op says something')
  const old = [...base]
  assert.ok(removed.every(gone => old.some(member => equal(member, gone))))
  assert.ok(
    added.every(come => !removed.some(gone => equalInOrder(gone, come))),
    'what stays is no change',
  )
}

function checkArray(op: ArrayOp, base: readonly unknown[]): void {
  assert.is(op.length, base.length)
  assert.ok(op.runs !== null || (op.edits?.size ?? 0) > 0, 'an array op says something')
  assert.is.not(op.edits?.size, 0)
  const kept = new Set<number>()
  const { runs } = op
  runs?.forEach((run, at) => {
    const before = runs[at - 1]
    if ('insert' in run) {
      assert.ok(run.insert.length > 0 && Object.isFrozen(run.insert), 'an insert has values')
      assert.not(before !== undefined && 'insert' in before, 'inserts merge')
      return
    }
    assert.ok(run.count > 0)
    const follows =
      before !== undefined && 'keep' in before && before.keep + before.count === run.keep
    assert.not(follows, 'keeps merge')
    for (let i = run.keep; i < run.keep + run.count; i++) {
      assert.ok(i < base.length && !kept.has(i), 'an element is kept at most once')
      kept.add(i)
    }
  })
  const gone = runs === null ? [] : [...base.keys()].filter(i => !kept.has(i))
  assert.equal(
    [...(op.removed?.keys() ?? [])].sort((a, b) => a - b),
    gone,
    'removed is what no run keeps',
  )
  for (const [i, value] of op.removed ?? []) assert.ok(equal(value, base[i]))
  for (const [i, below] of op.edits ?? []) {
    assert.ok(runs === null || kept.has(i), 'edits are at kept elements')
    checkForm(below, base[i])
  }
}
