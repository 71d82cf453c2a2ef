// Undo and redo of one store's own edits, whatever others did since.
import { apply } from '../../changes/apply.ts'
import { rebaseOr, type RebaseOptions } from '../../changes/conflicts.ts'
import { invert } from '../../changes/invert.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import { sizeOfOp } from '../../changes/ops/size-of-op.ts'
import { splitByPaths } from '../../changes/ops/split-by-paths.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import type { Path } from '../../document/paths/path.ts'
import type { HistoryEntry, HistoryLimits } from './history-types.ts'
import { OpLog } from './op-log.ts'
import type { Prepared } from '../edits/prepare.ts'

/** One step to take back, or to do again. */
interface Step {
  ops: OpLog
  /** What came after it, up to the step above it or to the present. */
  after: OpLog
  /** Whether the next edit is another step, whatever its group and its time. */
  ended: boolean
  version: number
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
 * so a step keeps that as well, composed when it is asked for: a commit costs the same whatever is kept.
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
    this.dropCancelled()
    return Object.freeze(this.done.map(entryOf))
  }

  get future(): readonly HistoryEntry[] {
    return Object.freeze(this.undone.map(entryOf).reverse())
  }

  get canUndo(): boolean {
    // A step below the last one was looked at when that began.
    if (this.done.length === 1) this.dropCancelled()
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
    if (ours === null) return this.leaveAlone(op)
    this.clearFuture()
    const last = this.done.at(-1)
    if (last !== undefined && !last.ended && this.goesOn(last, at, group)) {
      last.ops.add(ours)
      last.after.add(rest)
      Object.assign(last, { version, at, bytes: last.bytes + this.sizeOf(ours) })
    } else {
      this.dropCancelled()
      const [ops, after] = [new OpLog(this.leaves, ours), new OpLog(this.leaves, rest)]
      this.done.push({
        ops,
        after,
        ended: false,
        version,
        bytes: this.sizeOf(ours),
        label,
        at,
        group,
      })
    }
    this.trim()
  }

  /** A change from elsewhere, which undo leaves alone. It ends a group. */
  addForeign(op: ObjectOp): void {
    this.leaveAlone(op)
    for (const step of this.tops()) step.ended = true
  }

  private leaveAlone(op: ObjectOp): void {
    for (const step of this.tops()) step.after.add(op)
  }

  private tops(): Step[] {
    return [this.done.at(-1), this.undone.at(-1)].filter(step => step !== undefined)
  }

  /** What takes the last step back, on top of `state`; null: nothing is left of it. Throws a `ConflictError`. */
  undoing(state: object, options: RebaseOptions): Prepared {
    this.dropCancelled()
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
    // Where nothing came after the step, it and its inverse cancel.
    if (below !== undefined && (op === null || !step.after.isEmpty)) {
      for (const part of [step.ops.whole(), step.after.whole(), op]) below.after.add(part)
    }
    for (const top of [below, to.at(-1)]) if (top !== undefined) top.ended = true
    if (commit === null || op === null) return
    step.ops = new OpLog(this.leaves, op)
    step.after = new OpLog(this.leaves)
    step.ended = true
    step.version = commit.version
    step.bytes = this.sizeOf(op)
    to.push(step)
  }

  private reverse(step: Step | undefined, state: object, options: RebaseOptions): Prepared {
    const own = step?.ops.whole() ?? null
    if (step === undefined || own === null) return null
    const back = invert(own) as ObjectOp
    const after = step.after.whole()
    const op = after === null ? back : rebaseOr(back, after, this.leaves, options)
    return op && { op, next: apply(state, op) as object }
  }

  /** Drops the last step if what it did cancels. O(what it did), the next time O(what came since). */
  private dropCancelled(): void {
    const last = this.done.at(-1)
    if (last === undefined || last.ops.whole() !== null) return
    this.done.pop()
    const after = last.after.whole()
    if (after !== null) this.done.at(-1)?.after.add(after)
  }

  private goesOn(last: Step, at: number, group: unknown): boolean {
    if (group !== undefined || last.group !== undefined) return group === last.group
    return at - last.at < this.limits.groupMS
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

const entryOf = ({ version, label, at, ops }: Step): HistoryEntry =>
  Object.freeze({
    version,
    at,
    touched: Object.freeze([...(ops.whole()?.keys.keys() ?? [])]),
    ...(label !== undefined && { label }),
  })
