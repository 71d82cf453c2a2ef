import { apply } from '../../changes/apply.ts'
import { changeSet, type ChangeSet } from '../../changes/change-set.ts'
import { checkRebase, rebaseOr, type RebaseOptions } from '../../changes/conflicts.ts'
import { changedAt } from '../../changes/ops/changed-at.ts'
import { handOut } from '../../document/leaves/copy-mutable-leaves.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import { ConflictError, CowslipError, badArgument } from '../../document/messages/errors.ts'
import { showBy } from '../../document/messages/inspect.ts'
import { parsePath } from '../../document/paths/parse-path.ts'
import { formatPath, lookUp, stepInto, type PathInput } from '../../document/paths/path.ts'
import type { Draft, Immutable } from '../../document/types.ts'
import { capture, restore, type Capture } from '../../draft/strict/capture.ts'
import { StoreScope } from '../../draft/strict/store-scope.ts'
import { peek } from '../../draft/strict/peek.ts'
import { rollBackPath } from '../../draft/strict/roll-back-path.ts'
import type { Core } from '../store-state.ts'
import type { HeldEdit, Savepoint } from './edit-types.ts'
import { movedKeys } from './conflicting-keys.ts'
import type { Prepared } from './prepare.ts'

const NOTHING: ObjectOp = Object.freeze({ kind: 'object', keys: new Map() })

/** See {@link HeldEdit}: all but the commit. */
export abstract class DraftedEdit<T extends object> implements HeldEdit<T> {
  static {
    showBy('Edit', this.prototype, ({ scope, baseVersion }) => ({
      open: scope.live,
      baseVersion,
      touched: [...(scope.root.touched?.list ?? [])],
    }))
  }

  protected readonly core: Core<T>
  /** Called once, when the edit has ended, however. */
  private readonly ended: () => void
  private readonly base: Immutable<T>
  private readonly baseVersion: number
  protected readonly scope: StoreScope
  private readonly savepoints = new WeakMap<Savepoint, Capture>()
  private made = 0
  /** How clashes with what came since are settled. */
  private settling: RebaseOptions = {}

  constructor(core: Core<T>, ended: () => void = () => {}) {
    this.core = core
    this.ended = ended
    this.base = core.state
    this.baseVersion = core.version
    this.scope = new StoreScope(core.state, core.rules)
  }

  get draft(): Draft<T> {
    return this.scope.root.proxy as Draft<T>
  }

  isModified(): boolean {
    return this.peek().op !== NOTHING
  }

  hasChanged(path: PathInput): boolean {
    const segments = parsePath(path)
    return changedAt(this.peek().op, segments, this.core.rules.leaves)
  }

  compareField(path: PathInput): boolean {
    return this.hasChanged(path)
  }

  getChanges(): { readonly [K in keyof T]?: Immutable<T[K]> } {
    return this.changeSet().changes as { readonly [K in keyof T]?: Immutable<T[K]> }
  }

  getRemoved(): readonly string[] {
    return this.changeSet().removed
  }

  getOriginalValue(path: PathInput): unknown {
    this.assertOpen()
    const found = lookUp(this.base, parsePath(path))
    return found === null ? undefined : handOut(found.value, this.core.rules.leaves)
  }

  getAllOriginalData(): Immutable<T> {
    this.assertOpen()
    return this.base
  }

  changeCount(): number {
    return this.peek().op.keys.size
  }

  changedFieldNames(): string[] {
    return [...this.peek().op.keys.keys()].sort()
  }

  changeSet(): ChangeSet {
    const { op, value } = this.peek()
    const { rules, token } = this.core
    return changeSet(op, this.base, value, rules.leaves, { baseVersion: this.baseVersion }, token)
  }

  savepoint(): Savepoint {
    this.assertOpen()
    const savepoint = Object.freeze({ number: ++this.made })
    this.savepoints.set(savepoint, capture(this.scope))
    return savepoint
  }

  rollback(to?: PathInput | Savepoint): void {
    this.assertOpen()
    if (arguments.length === 0) return this.discard()
    if (typeof to === 'string' || Array.isArray(to)) {
      return rollBackPath(this.scope.root, parsePath(to))
    }
    const captured = this.savepoints.get(Object(to) as Savepoint)
    if (captured === undefined) {
      throw badArgument('to', 'a path, or a savepoint of this edit', to)
    }
    restore(this.scope, captured)
  }

  [Symbol.dispose](): void {
    if (this.scope.live) this.discard()
  }

  rebase(options: RebaseOptions = {}): void {
    this.assertOpen()
    checkRebase(options)
    const { settling } = this
    this.settling = options
    try {
      this.prepare()
    } catch (error) {
      this.settling = settling
      throw error
    }
  }

  /** What a commit would do to the state as it is now; null: nothing. Throws a `ConflictError`. */
  protected prepare(): Prepared {
    const { op, value } = this.peek(false)
    if (op === NOTHING) return null
    return this.core.state === this.base ? { op, next: value } : this.merge(op, value)
  }

  protected end(): void {
    this.scope.end()
    this.ended()
  }

  private discard(): void {
    const touched = Object.freeze([...(this.scope.root.touched?.list ?? [])].map(String))
    this.end()
    if (touched.length > 0) this.core.emit({ type: 'rollback', touched })
  }

  /** The store has moved on: what this edit does on top of that. */
  private merge(op: ObjectOp, ours: object): Prepared {
    const { state, trail, rules, version } = this.core
    const theirs = trail.since(this.baseVersion, version)
    if (theirs !== undefined) {
      const rebased = theirs === null ? op : rebaseOr(op, theirs, rules.leaves, this.settling)
      return rebased && { op: rebased, next: apply(state, rebased) as object }
    }
    const conflicts = movedKeys(
      op,
      key => stepInto(this.base, key),
      key => stepInto(ours, key),
      state,
      rules.leaves,
    )
    if (conflicts.length === 0) return { op, next: apply(state, op) as object }
    const paths = conflicts.map(({ path }) => formatPath(path)).join(', ')
    throw new ConflictError(
      `Expected a store that nobody else had changed at ${paths}. Received one that moved on from ` +
        `version ${this.baseVersion} to ${version}. Roll these keys back, or edit anew.`,
      conflicts,
    )
  }

  private peek(ahead: boolean = true): { value: object; op: ObjectOp } {
    this.assertOpen()
    const { value, op } = peek(this.scope, ahead)
    return { value, op: (op as ObjectOp | null) ?? NOTHING }
  }

  protected assertOpen(): void {
    if (this.scope.live) return
    throw new CowslipError(
      'ended-edit',
      'Expected an open edit. Received one that was committed or rolled back. Begin a new one.',
      {},
    )
  }
}
