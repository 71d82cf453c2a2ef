import { composeOps } from '../changes/compose.ts'
import type { ObjectOp } from '../changes/ops/ops.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'

interface Step {
  readonly from: number
  readonly to: number
  readonly op: ObjectOp
}

/** The last ops of a store, so that what was made on an earlier version can come on top of them. */
export class RecentChanges {
  private readonly steps: Step[] = []
  private readonly leaves: Leaves
  /** How many ops are kept. */
  limit: number

  constructor(leaves: Leaves, limit: number) {
    this.leaves = leaves
    this.limit = limit
  }

  add(from: number, to: number, op: ObjectOp): void {
    if (this.limit === 0) return
    this.steps.push({ from, to, op })
    // In portions: to shift a long list by one at each edit would cost its length.
    if (this.steps.length > 2 * this.limit) this.steps.splice(0, this.steps.length - this.limit)
  }

  /**
   * What leads from `version` to the present one; null: nothing. Undefined where that is not known any
   * more. O(the ops since).
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
