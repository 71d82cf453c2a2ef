// Undo and redo of a store's own edits, whatever others did since. Two stacks of ops, never of snapshots.
// To undo a step its inverse is rebased onto what came after it; so each step keeps those later ops too,
// composed only when asked for. A commit costs the same however long the history is.
//
//   undo stack    [step 1 | after 1] [step 2 | after 2] <- top
//   foreign op    added to `after` of the top step, changes no step
//   undo          rebase(invert(step 2), after 2) is committed, step 2 moves to the redo stack
//   undo step 1   its inverse is rebased onto after 1, step 2 and after 2, which stay (the undo of a transaction)
import { apply } from '../../changes/apply.ts'
import { rebaseOrThrow, type RebaseOptions } from '../../changes/conflicts.ts'
import { invertOp } from '../../changes/invert.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import { sizeOfOp } from '../../changes/ops/size-of-op.ts'
import { splitByPaths } from '../../changes/ops/split-by-paths.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import type { Path } from '../../document/paths/path.ts'
import type { HistoryEntry, HistoryLimits } from './history-types.ts'
import { OpLog } from './op-log.ts'
import type { Prepared } from '../edits/prepare.ts'

/** One step to undo or redo. */
interface Step {
  ops: OpLog
  /** The ops that came after the step, up to the step above it or to the present. */
  after: OpLog
  /** Whether the next edit begins a new step, whatever its group and time. */
  ended: boolean
  version: number
  bytes: number
  readonly label: string | undefined
  at: number
  readonly group: unknown
}

/** The facts of a commit that a history needs. */
export interface Committed {
  readonly op: ObjectOp
  readonly version: number
  readonly at: number
  readonly label?: string | undefined
  readonly group?: unknown
}

/** The history of one store: see the head of this file. */
export class History {
  private readonly leaves: Leaves
  private readonly limits: HistoryLimits
  private readonly exclude: readonly Path[]
  private undoStack: Step[] = []
  private redoStack: Step[] = []

  constructor(leaves: Leaves, limits: HistoryLimits, exclude: readonly Path[]) {
    this.leaves = leaves
    this.limits = limits
    this.exclude = exclude
  }

  /** Returns a history of the same steps, which goes its own way from now on. O(steps). */
  copy(): History {
    const copy = new History(this.leaves, this.limits, this.exclude)
    const copyStep = (step: Step): Step => ({
      ...step,
      ops: step.ops.copy(),
      after: step.after.copy(),
    })
    copy.undoStack = this.undoStack.map(copyStep)
    copy.redoStack = this.redoStack.map(copyStep)
    return copy
  }

  get past(): readonly HistoryEntry[] {
    this.dropBeyond()
    this.dropCancelled()
    return Object.freeze(this.undoStack.map(toEntry))
  }

  get future(): readonly HistoryEntry[] {
    return Object.freeze(this.redoStack.map(toEntry).reverse())
  }

  get canUndo(): boolean {
    // A step below the last one was checked when the last one began.
    if (this.undoStack.length === 1) this.dropCancelled()
    return this.undoStack.length > 0
  }

  get canRedo(): boolean {
    return this.redoStack.length > 0
  }

  clear(): void {
    this.undoStack = []
    this.clearFuture()
  }

  clearFuture(): void {
    this.redoStack = []
  }

  /** Adds an edit of this store: a new step, or more of the last one. The redo stack is cleared. */
  add({ op, version, at, label, group }: Committed): void {
    if (this.limits.count === 0) return
    const [ours, rest] = splitByPaths(op, this.exclude)
    if (ours === null) return this.addBehindSteps(op)
    this.clearFuture()
    const last = this.undoStack.at(-1)
    if (last !== undefined && !last.ended && this.continuesStep(last, at, group)) {
      last.ops.add(ours)
      last.after.add(rest)
      Object.assign(last, { version, at, bytes: last.bytes + this.sizeOf(ours) })
    } else {
      this.dropCancelled()
      const [ops, after] = [new OpLog(this.leaves, ours), new OpLog(this.leaves, rest)]
      this.undoStack.push({
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

  /** Adds a change from elsewhere, which undo leaves alone. It ends a group. */
  addForeign(op: ObjectOp): void {
    this.addBehindSteps(op)
    for (const step of this.topSteps()) step.ended = true
  }

  private addBehindSteps(op: ObjectOp): void {
    for (const step of this.topSteps()) step.after.add(op)
  }

  private topSteps(): Step[] {
    return [this.undoStack.at(-1), this.redoStack.at(-1)].filter(step => step !== undefined)
  }

  /**
   * Returns the op that undoes the last step, or that of a group, rebased onto later changes, and its result. Null:
   * nothing is left of the step. Throws a `ConflictError`.
   */
  prepareUndo(state: object, options: RebaseOptions, group?: object): Prepared {
    this.dropCancelled()
    return this.prepareReverse(this.undoStack, group, state, options)
  }

  prepareRedo(state: object, options: RebaseOptions, group?: object): Prepared {
    return this.prepareReverse(this.redoStack, group, state, options)
  }

  /** Notes that the last step, or that of a group, was undone: by `commit`, or without one if nothing was left of it. */
  noteUndone(commit: Committed | null, group?: object): void {
    this.dropBeyond()
    this.move(this.undoStack, this.redoStack, commit, group)
  }

  noteRedone(commit: Committed | null, group?: object): void {
    this.move(this.redoStack, this.undoStack, commit, group)
  }

  /** Returns where the step of a group is. Null: it was dropped, or never was. */
  find(group: object): 'past' | 'future' | null {
    this.dropBeyond()
    if (findStep(this.undoStack, group) >= 0) return 'past'
    return findStep(this.redoStack, group) >= 0 ? 'future' : null
  }

  private move(
    from: Step[],
    to: Step[],
    commit: Committed | null,
    group: object | undefined,
  ): void {
    const at = findStep(from, group)
    const [step] = from.splice(at, 1) as [Step]
    const op = commit?.op ?? null
    const [below, top] = [from[at - 1], from.at(-1)]
    const isLast = at === from.length
    // Where nothing came after the step, it and its inverse cancel.
    if (!isLast || op === null || !step.after.isEmpty) {
      for (const part of [step.ops.composeAll(), step.after.composeAll()]) below?.after.add(part)
      top?.after.add(op)
    }
    for (const last of [top, to.at(-1)]) if (last !== undefined) last.ended = true
    if (commit === null || op === null) return
    step.ops = new OpLog(this.leaves, op)
    step.after = new OpLog(this.leaves)
    step.ended = true
    step.version = commit.version
    step.bytes = this.sizeOf(op)
    to.push(step)
  }

  private prepareReverse(
    stack: readonly Step[],
    group: object | undefined,
    state: object,
    options: RebaseOptions,
  ): Prepared {
    const at = findStep(stack, group)
    const step = stack[at]
    const own = step?.ops.composeAll() ?? null
    if (step === undefined || own === null) return null
    const back = invertOp(own) as ObjectOp
    const after = this.composeAfter(step, stack.slice(at + 1))
    const op = after === null ? back : rebaseOrThrow(back, after, this.leaves, options)
    return op && { op, next: apply(state, op) as object }
  }

  /** Composes what came after a step, up to the present. */
  private composeAfter(step: Step, above: readonly Step[]): ObjectOp | null {
    if (above.length === 0) return step.after.composeAll()
    const log = new OpLog(this.leaves, step.after.composeAll())
    for (const { ops, after } of above) {
      log.add(ops.composeAll())
      log.add(after.composeAll())
    }
    return log.composeAll()
  }

  /** Drops the last step if its ops cancel. O(its ops), the next time O(ops added since). */
  private dropCancelled(): void {
    const last = this.undoStack.at(-1)
    if (last === undefined || last.ops.composeAll() !== null) return
    this.undoStack.pop()
    const after = last.after.composeAll()
    if (after !== null) this.undoStack.at(-1)?.after.add(after)
  }

  private continuesStep(last: Step, at: number, group: unknown): boolean {
    if (group !== undefined || last.group !== undefined) return group === last.group
    return at - last.at < this.limits.groupMS
  }

  private sizeOf(op: ObjectOp): number {
    return this.limits.bytes === Infinity ? 0 : sizeOfOp(op)
  }

  private dropBeyond(): void {
    const beyond = this.undoStack.length - this.limits.count
    if (beyond > 0) this.undoStack.splice(0, beyond)
  }

  private trim(): void {
    const { count, bytes } = this.limits
    // In portions: shifting a long list at each edit would cost its length.
    if (this.undoStack.length > (bytes === Infinity ? 2 * count : count)) this.dropBeyond()
    if (bytes === Infinity) return
    let out = 0
    let held = this.undoStack.reduce((sum, step) => sum + step.bytes, 0)
    while (held > bytes) held -= this.undoStack[out++]?.bytes ?? 0
    if (out > 0) this.undoStack.splice(0, out)
  }
}

/** Returns the place of a group's step, or of the last one where no group is given. */
const findStep = (stack: readonly Step[], group: object | undefined): number =>
  group === undefined ? stack.length - 1 : stack.findLastIndex(step => step.group === group)

const toEntry = ({ version, label, at, ops }: Step): HistoryEntry =>
  Object.freeze({
    version,
    at,
    touched: Object.freeze([...(ops.composeAll()?.keys.keys() ?? [])]),
    ...(label !== undefined && { label }),
  })
