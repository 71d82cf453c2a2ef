import type { ChangeSet } from '../../changes/change-set.ts'
import type { RebaseOptions } from '../../changes/conflicts.ts'
import type { Draft, Immutable, PathIn } from '../../document/types.ts'

/** What a change is to be called. */
export interface EditOptions {
  /** For people: histories, logs. */
  readonly label?: string
  /** For programs: who, why. */
  readonly meta?: unknown
  /** In a store in memory: edits with the same, one after another, are one step of its history. */
  readonly group?: unknown
}

/** A point of an open edit to come back to. */
export interface Savepoint {
  /** When it was made, counted from 1 within its edit. */
  readonly number: number
}

/** What every open edit is asked and told, whatever its commit does: see {@link Edit}. */
export interface HeldEdit<T extends object> {
  readonly draft: Draft<T>

  isModified(): boolean
  /** Whether something at or below `path` is another value than in the base. */
  hasChanged(path: PathIn<T>): boolean
  /** The same: here the log is net. */
  compareField(path: PathIn<T>): boolean
  /** The new value of each changed top-level key that is there. */
  getChanges(): { readonly [K in keyof T]?: Immutable<T[K]> }
  /** The changed top-level keys that are gone. */
  getRemoved(): readonly string[]
  /** The value at `path` in the base, changed or not; undefined where nothing stood. */
  getOriginalValue(path: PathIn<T>): unknown
  /** The base: the snapshot this edit began on. */
  getAllOriginalData(): Immutable<T>
  /** How many top-level keys changed. */
  changeCount(): number
  /** Their names, sorted. */
  changedFieldNames(): string[]
  /** What a commit now would say; `isEmpty` where nothing changed. */
  changeSet(): ChangeSet

  /**
   * Says how clashes with what was committed since this edit began are settled, now and at the commit.
   * Throws a `ConflictError` with those that `resolve` leaves open; then nothing has changed.
   */
  rebase(options?: RebaseOptions): void

  /** A point to come back to. O(changed). */
  savepoint(): Savepoint
  /**
   * With a path or a savepoint: takes back what was done there or since; the edit stays open, drafts
   * stay valid. Throws `bad-path` below an array whose elements moved, and where the parent is gone.
   */
  rollback(to: PathIn<T> | Savepoint): void
  /** Discards everything and ends the edit. */
  rollback(): void
  /** Discards everything, if still open: `using edit = store.begin()`. */
  [Symbol.dispose](): void
}

/**
 * An edit held open: a draft, and what it has changed so far. All that is asked is *net*: what was
 * undone by hand is no change. Paths are dotted texts or exact segments; indices are places in the
 * base. Each question costs O(changed). After its end every method throws `ended-edit`, every use of
 * a draft `ended-draft`; disposing is always allowed.
 *
 * @example
 * import { createStore } from 'cowslip'
 * const store = createStore({ name: 'Ada', address: { city: 'London' } })
 * const edit = store.begin()
 * edit.draft.address.city = 'Paris'
 * edit.hasChanged('address.city') // true
 * edit.getOriginalValue('address.city') // 'London'
 * edit.rollback('address.city')
 * edit.isModified() // false
 * edit.draft.name = 'Grace'
 * edit.getChanges() // { name: 'Grace' }
 * edit.commit()
 * store.state // { name: 'Grace', address: { city: 'London' } }
 */
export interface Edit<T extends object> extends HeldEdit<T> {
  /**
   * The change set, or null where nothing changed; ends the edit. If the store has moved on, this edit
   * comes on top of what was committed since; where the two clash, it throws a `ConflictError` and stays
   * open, as after any other error: see `rebase`.
   */
  commit(options?: EditOptions): ChangeSet | null
}
