// The state of a store of `cowslip` or of a document: it remembers its last ops, so that edits begun on an older revision can be
// rebased, and leaves out of them what a collection sets itself.
import { createChangeSet, type ChangeInfo, type ChangeSet } from '../changes/change-set.ts'
import { coverKeys, dropKeys } from '../changes/ops/drop-keys.ts'
import type { ObjectOp } from '../changes/ops/ops.ts'
import type { Immutable } from '../document/types.ts'
import type { StoreRules } from '../draft/strict/store-scope.ts'
import { LightState } from './light-state.ts'
import { RecentChanges } from './recent-changes.ts'

/** The number of ops kept for edits begun on an older version. */
const MAX_RECENT_CHANGES = 100

/** Holds a store's state, and its last ops: see the head of this file. */
export class StoreState<T extends object> extends LightState<T> {
  private ownRecentChanges: RecentChanges | null = null
  /** The keys that a collection sets itself, which no op of an edit holds; null: there are none. */
  private readonly ownKeys: ReadonlySet<string> | null

  constructor(state: Immutable<T>, rules: StoreRules, ownKeys: ReadonlySet<string> | null = null) {
    super(state, rules)
    this.ownKeys = ownKeys
  }

  /** Returns an op from elsewhere without the keys that a collection sets itself. */
  dropOwn(op: ObjectOp): ObjectOp {
    return this.ownKeys === null ? op : dropKeys(op, this.ownKeys)
  }

  /** The last changes: see {@link RecentChanges}. */
  get recentChanges(): RecentChanges {
    return (this.ownRecentChanges ??= new RecentChanges(this.rules.leaves, MAX_RECENT_CHANGES))
  }

  /**
   * Composes the changes since a revision, and `ahead` after them. Null: they cancel. Undefined: they are no longer
   * known.
   */
  composeSince(revision: number | null, ahead: ObjectOp | null): ObjectOp | null | undefined {
    if (revision === null) return undefined
    return this.recentChanges.composeLast(this.revision - revision, ahead)
  }

  override replaceState(state: Immutable<T>): void {
    super.replaceState(state)
    this.ownRecentChanges?.clear()
  }

  protected override tellChange(
    op: ObjectOp,
    previous: object,
    next: object,
    info: ChangeInfo,
  ): ChangeSet {
    this.recentChanges.add(op)
    const { ownKeys, rules } = this
    const whole = ownKeys === null ? op : coverKeys(op, previous, next, ownKeys, rules.leaves)
    return createChangeSet(whole, previous, next, rules.leaves, info, this.createLastSource())
  }
}
