// Undo and redo of one store's own edits, whatever others did since.
import { apply } from '../changes/apply.ts'
import { compose } from '../changes/compose.ts'
import { rebaseOr, type RebaseOptions } from '../changes/conflicts.ts'
import { invert } from '../changes/invert.ts'
import type { ObjectOp } from '../changes/ops.ts'
import { sizeOfOp } from '../changes/size-of-op.ts'
import { splitByPaths } from '../changes/split-by-paths.ts'
import type { Leaves } from '../document/leaf-kinds.ts'
import type { Path } from '../document/path.ts'
import type { HistoryEntry, HistoryLimits } from './history-types.ts'
import type { Prepared } from './prepare.ts'

/** One step to take back, or to do again. */
interface Step {
  version: number
  op: ObjectOp
  /** What came after it, up to the step above it or to the present. */
  after: ObjectOp | null
  bytes: number
  readonly label: string | undefined
  at: number
  readonly group: unknown
}

/** What a history knows of a commit. */
export interface Committed {
  readonly op: ObjectOp
  readonly version: number
  readonly at: number
  readonly label?: string | undefined
  readonly group?: unknown
}

/**
 * Two stacks of ops, never of snapshots. To take a step back its inverse goes on top of what came after it;
 * so a step keeps that as one op, however many commits it was.
 */
export class History {
  private readonly leaves: Leaves
  private readonly limits: HistoryLimits
  private readonly exclude: readonly Path[]
  private done: Step[] = []
  private undone: Step[] = []

  constructor(leaves: Leaves, limits: HistoryLimits, exclude: readonly Path[]) {
    this.leaves = leaves
    this.limits = limits
    this.exclude = exclude
  }

  get past(): readonly HistoryEntry[] {
    this.dropBeyond()
    return Object.freeze(this.done.map(entryOf))
  }

  get future(): readonly HistoryEntry[] {
    return Object.freeze(this.undone.map(entryOf).reverse())
  }

  get canUndo(): boolean {
    return this.done.length > 0
  }

  get canRedo(): boolean {
    return this.undone.length > 0
  }

  clear(): void {
    this.done = []
    this.clearFuture()
  }

  clearFuture(): void {
    this.undone = []
  }

  /** An edit of one's own: a step, or more of the last one. What was undone cannot be redone any more. */
  add({ op, version, at, label, group }: Committed): void {
    if (this.limits.count === 0) return
    const [ours, rest] = splitByPaths(op, this.exclude)
    if (ours === null) return this.addForeign(op)
    this.clearFuture()
    const last = this.done.at(-1)
    if (last !== undefined && last.after === null && this.goesOn(last, at, group)) {
      const both = this.compose(last.op, ours)
      if (both === null) this.done.pop()
      else Object.assign(last, { op: both, bytes: this.sizeOf(both), version, at })
      if (rest !== null) this.addForeign(rest)
    } else {
      const bytes = this.sizeOf(ours)
      this.done.push({ version, op: ours, after: rest, bytes, label, at, group })
    }
    this.trim()
  }

  /** What undo leaves alone: changes from elsewhere, and excluded paths. */
  addForeign(op: ObjectOp): void {
    for (const step of [this.done.at(-1), this.undone.at(-1)]) {
      if (step !== undefined) step.after = this.compose(step.after, op)
    }
  }

  /** What takes the last step back, on top of `state`; null: nothing is left of it. Throws a `ConflictError`. */
  undoing(state: object, options: RebaseOptions): Prepared {
    return this.reverse(this.done.at(-1), state, options)
  }

  redoing(state: object, options: RebaseOptions): Prepared {
    return this.reverse(this.undone.at(-1), state, options)
  }

  /** The last step was taken back, by `commit`, or without one. */
  undo(commit: Committed | null): void {
    this.dropBeyond()
    this.move(this.done, this.undone, commit)
  }

  redo(commit: Committed | null): void {
    this.move(this.undone, this.done, commit)
  }

  private move(from: Step[], to: Step[], commit: Committed | null): void {
    const step = from.pop() as Step
    const op = commit?.op ?? null
    const below = from.at(-1)
    if (below !== undefined) {
      const since = this.compose(this.compose(step.op, step.after), op)
      below.after = this.compose(below.after, since)
    }
    if (commit === null || op === null) return
    const { version, at } = commit
    to.push({ ...step, op, after: null, version, at, bytes: this.sizeOf(op) })
  }

  private reverse(step: Step | undefined, state: object, options: RebaseOptions): Prepared {
    if (step === undefined) return null
    const back = invert(step.op) as ObjectOp
    const op = step.after === null ? back : rebaseOr(back, step.after, this.leaves, options)
    return op && { op, next: apply(state, op) as object }
  }

  private goesOn(last: Step, at: number, group: unknown): boolean {
    if (group !== undefined || last.group !== undefined) return group === last.group
    return at - last.at < this.limits.groupMS
  }

  private compose(first: ObjectOp | null, then: ObjectOp | null): ObjectOp | null {
    return compose(first, then, this.leaves) as ObjectOp | null
  }

  private sizeOf(op: ObjectOp): number {
    return this.limits.bytes === Infinity ? 0 : sizeOfOp(op)
  }

  private dropBeyond(): void {
    const beyond = this.done.length - this.limits.count
    if (beyond > 0) this.done.splice(0, beyond)
  }

  private trim(): void {
    const { count, bytes } = this.limits
    // In portions: to shift a long list at each edit would cost its length.
    if (this.done.length > (bytes === Infinity ? 2 * count : count)) this.dropBeyond()
    if (bytes === Infinity) return
    let out = 0
    let held = this.done.slice(out).reduce((sum, step) => sum + step.bytes, 0)
    while (held > bytes) held -= this.done[out++]?.bytes ?? 0
    if (out > 0) this.done.splice(0, out)
  }
}

const entryOf = ({ version, label, at, op }: Step): HistoryEntry =>
  Object.freeze({
    version,
    at,
    touched: Object.freeze([...op.keys.keys()]),
    ...(label !== undefined && { label }),
  })
