// The public types of edits and open edits.
import type { ChangeSet } from '../../changes/change-set.ts'
import type { RebaseOptions } from '../../changes/conflicts.ts'
import type { Draft, Immutable, PathIn } from '../../document/types.ts'

/** Options of an edit: metadata of its change set. */
export interface EditOptions {
  /** A label for people: histories, logs. */
  readonly label?: string
  /** Metadata for programs: who, why. */
  readonly meta?: unknown
  /** Consecutive edits with the same group are one step of the history. */
  readonly group?: unknown
}

/** A point of an open edit that `rollback` can return to. */
export interface Savepoint {
  /** The number of the savepoint within its edit, from 1. */
  readonly number: number
}

/** The questions and methods of every open edit, except its commit: see {@link Edit}. */
export interface HeldEdit<T extends object> {
  readonly draft: Draft<T>

  isModified(): boolean
  /** Whether something at or below `path` has another value than in the base. */
  hasChanged(path: PathIn<T>): boolean
  /**
   * Whether something at or below `path` has another value: the same as `hasChanged`, for answers here are
   * net.
   */
  compareField(path: PathIn<T>): boolean
  /** Returns the new values of the changed top-level keys that exist. */
  getChanges(): { readonly [K in keyof T]?: Immutable<T[K]> }
  /** Returns the changed top-level keys that no longer exist. */
  getRemoved(): readonly string[]
  /** Returns the value at `path` in the base, changed or not; undefined where nothing stood. */
  getOriginalValue(path: PathIn<T>): unknown
  /** Returns the base: the snapshot that this edit began on. */
  getAllOriginalData(): Immutable<T>
  /** Counts the changed top-level keys. */
  changeCount(): number
  /** Returns the changed top-level keys, sorted. */
  changedFieldNames(): string[]
  /** Returns the change set that a commit would make now; `isEmpty` if nothing changed. */
  changeSet(): ChangeSet

  /**
   * Sets the answers to clashes with changes that were committed since this edit began, for now and for the
   * commit. Throws a `ConflictError` with the clashes that `resolve` leaves open; then nothing has changed.
   */
  rebase(options?: RebaseOptions): void

  /**
   * Calls `listener` after writes to the draft, and after a rollback of a part: once for all that is written in one
   * turn. Changing a date in place is no write until it is asked for. Returns a function that ends it; the end of the
   * edit does too.
   */
  subscribe(listener: () => unknown): () => void

  /** Creates a savepoint to roll back to. O(changed). */
  savepoint(): Savepoint
  /**
   * Rolls back a path, or everything since a savepoint; the edit stays open, drafts stay valid. Throws
   * `bad-path` below an array whose elements moved, and where the parent is gone.
   */
  rollback(to: PathIn<T> | Savepoint): void
  /** Discards all changes and ends the edit. */
  rollback(): void
  /** Discards all changes if the edit is open: `using edit = store.begin()`. */
  [Symbol.dispose](): void
}

/**
 * An edit held open: a draft, and questions about what it has changed so far. Answers are *net*: a value
 * that was set back is no change. Paths are dotted texts or exact segments; indices are places in the base.
 * Each question costs O(changed). After the end every method throws `ended-edit` and every use of a draft
 * `ended-draft`; disposing is always allowed.
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
   * Commits and ends the edit. Returns the change set, or null if nothing changed. If the store has moved
   * on, the edit is rebased onto the changes since; where the two clash, a `ConflictError` is thrown and
   * the edit stays open, as after any other error: see `rebase`.
   */
  commit(options?: EditOptions): ChangeSet | null
}
