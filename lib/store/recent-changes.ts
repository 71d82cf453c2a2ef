// The last ops of a store. An open edit or a change set that was made on an older version is rebased onto
// what `composeSince` returns. A store keeps the last 100; beyond them the touched keys are compared
// instead (conflicting-keys.ts).
import { composeOps } from '../changes/compose.ts'
import type { ObjectOp } from '../changes/ops/ops.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'

interface Step {
  readonly from: number
  readonly to: number
  readonly op: ObjectOp
}

/** Keeps the last ops of a store, so that edits begun on an older version can be rebased. */
export class RecentChanges {
  private readonly steps: Step[] = []
  private readonly leaves: Leaves
  /** The number of ops kept. */
  limit: number

  constructor(leaves: Leaves, limit: number) {
    this.leaves = leaves
    this.limit = limit
  }

  add(from: number, to: number, op: ObjectOp): void {
    if (this.limit === 0) return
    this.steps.push({ from, to, op })
    // In portions: shifting a long list by one at each edit would cost its length.
    if (this.steps.length > 2 * this.limit) this.steps.splice(0, this.steps.length - this.limit)
  }

  /**
   * Composes the ops from `version` to the present one. Null: they cancel. Undefined: they are no longer
   * kept. O(the ops since).
   */
  composeSince(version: number, present: number): ObjectOp | null | undefined {
    let op: ObjectOp | null = null
    let at = present
    for (let i = this.steps.length - 1; at !== version; i--) {
      const step = this.steps[i]
      if (step === undefined || step.to !== at || step.from < version) return undefined
      op = composeOps(step.op, op, this.leaves) as ObjectOp | null
      at = step.from
    }
    return op
  }
}
