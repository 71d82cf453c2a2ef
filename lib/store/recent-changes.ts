// The last ops of a store. An open edit or a change set that was made on an older revision is rebased onto
// what `composeSince` returns. A store keeps the last 100; beyond them the touched keys are compared
// instead (conflicting-keys.ts).
//
// A revision is a count of the ops: each op leads from one to the next. Versions would not do, because edits that were
// stored by one update share a version, and a version can pass without an op.
import { composeOps } from '../changes/compose.ts'
import type { ObjectOp } from '../changes/ops/ops.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'

/** Keeps the last ops of a store, so that edits begun on an older revision can be rebased. */
export class RecentChanges {
  private ops: ObjectOp[] = []
  private readonly leaves: Leaves
  /** The number of ops kept. */
  limit: number

  constructor(leaves: Leaves, limit: number) {
    this.leaves = leaves
    this.limit = limit
  }

  /** Adds the op of the latest revision. */
  add(op: ObjectOp): void {
    if (this.limit === 0) return
    this.ops.push(op)
    // In portions: shifting a long list by one at each edit would cost its length.
    if (this.ops.length > 2 * this.limit) this.ops.splice(0, this.ops.length - this.limit)
  }

  /** Forgets all ops: the state was replaced by another one. */
  clear(): void {
    this.ops = []
  }

  /**
   * Composes the last `count` ops, and `ahead` after them. Null: they cancel. Undefined: they are no longer kept. O(the
   * ops).
   */
  composeLast(count: number, ahead: ObjectOp | null): ObjectOp | null | undefined {
    if (count > this.ops.length) return undefined
    let op = ahead
    for (let i = 1; i <= count; i++) {
      op = composeOps(this.ops.at(-i) as ObjectOp, op, this.leaves) as ObjectOp | null
    }
    return op
  }
}
