// A list of ops that is read as one op. The history keeps its steps, and what came after them, in such
// logs. Adding must be cheap and reading rare; so parts of similar size are composed in groups of 32, like
// the levels of a log-structured merge tree.
import { composeOps } from '../../changes/compose.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'

/** The number of parts of one size after which they are composed into one. */
const PARTS_PER_SIZE = 32

/**
 * A log of consecutive ops. Adding is O(1) amortised, plus O(log n) of each op's own size: only parts made
 * of equally many ops are composed, never a small one with a large one.
 */
export class OpLog {
  private readonly leaves: Leaves
  /** The parts, each with the number of ops that it was composed of. Sizes fall from first to last. */
  private parts: { readonly op: ObjectOp; readonly size: number }[] = []

  constructor(leaves: Leaves, first: ObjectOp | null = null) {
    this.leaves = leaves
    this.add(first)
  }

  copy(): OpLog {
    const copy = new OpLog(this.leaves)
    copy.parts = [...this.parts]
    return copy
  }

  /** Whether nothing was added. Added ops may still cancel: see `composeAll`. */
  get isEmpty(): boolean {
    return this.parts.length === 0
  }

  add(op: ObjectOp | null): void {
    if (op === null) return
    this.parts.push({ op, size: 1 })
    for (;;) {
      const { length } = this.parts
      const last = this.parts[length - 1]
      if (
        last === undefined ||
        length < PARTS_PER_SIZE ||
        this.parts[length - PARTS_PER_SIZE]?.size !== last.size
      )
        return
      const merged = this.composeParts(this.parts.splice(length - PARTS_PER_SIZE))
      if (merged !== null) this.parts.push({ op: merged, size: last.size * PARTS_PER_SIZE })
    }
  }

  /** Composes all ops into one. Null: they cancel. The next call is O(ops added since). */
  composeAll(): ObjectOp | null {
    if (this.parts.length < 2) return this.parts[0]?.op ?? null
    const op = this.composeParts(this.parts)
    this.parts =
      op === null ? [] : [{ op, size: this.parts.reduce((sum, { size }) => sum + size, 0) }]
    return op
  }

  /** Composes in pairs, so that each op takes part in log2(n) compositions. */
  private composeParts(parts: readonly { readonly op: ObjectOp }[]): ObjectOp | null {
    let ops = parts.map(({ op }): ObjectOp | null => op)
    while (ops.length > 1) {
      const pairs: (ObjectOp | null)[] = []
      for (let i = 0; i < ops.length; i += 2) {
        pairs.push(composeOps(ops[i] ?? null, ops[i + 1] ?? null, this.leaves) as ObjectOp | null)
      }
      ops = pairs
    }
    return ops[0] ?? null
  }
}
