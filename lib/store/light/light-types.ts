// The public types of `cowslip/light`.
import type { ChangeSet } from '../../changes/light-change-set.ts'
import type { RebaseOptions } from '../../changes/conflicts.ts'
import type { Draft, Immutable, PathIn } from '../../document/types.ts'
import type { ErrorEvent, RollbackEvent } from '../../events/types.ts'
import type { EditOptions, Savepoint } from '../edits/edit-types.ts'
import type { StoreHistory } from '../history/history-types.ts'
import type { EntityOptions, SelectOptions, SubscribeOptions } from '../store-types.ts'

/** Options of `createStore` of `cowslip/light`. */
export type StoreOptions = EntityOptions

/** A commit changed the state. */
export interface ChangeEvent<T> {
  readonly type: 'change'
  readonly change: ChangeSet
  readonly state: Immutable<T>
  readonly previous: Immutable<T>
}

/** The events of a store. */
export type StoreEvent<T> = ChangeEvent<T> | RollbackEvent | ErrorEvent

/** A listener for changes. */
export type ChangeListener<T> = (
  change: ChangeSet,
  snapshots: { readonly state: Immutable<T>; readonly previous: Immutable<T> },
) => unknown

/**
 * One document in memory. All methods are bound; they are those of the stores of `cowslip`, and what is missing here comes by
 * functions: `withHistory`, `applyJSONPatch`.
 */
export interface Store<T extends object> {
  /** The deeply frozen snapshot: the same reference until something really changes. */
  readonly state: Immutable<T>
  /** The number of commits. */
  readonly version: number
  /** Returns the state, so that `JSON.stringify(store)` is that of the document. */
  toJSON(): Immutable<T>

  /** Runs `recipe` on a draft and commits. Returns the change set, or null if nothing changed. O(changed). */
  edit(recipe: (draft: Draft<T>) => unknown, options?: EditOptions): ChangeSet | null
  /** Sets some top-level fields without a draft; `undefined` removes a field. */
  patch(
    partial: { readonly [K in keyof T]?: T[K] | undefined },
    options?: EditOptions,
  ): ChangeSet | null
  /** Begins an open edit: a draft held as long as you like. */
  begin(): Edit<T>

  /** Calls `listener` after each change; the options decide which. Returns a function that ends the subscription. */
  subscribe(listener: ChangeListener<T>, options?: SubscribeOptions<T>): () => void
  /** Calls `listener` when the selected value differs from the last one. */
  select<V>(
    selector: (state: Immutable<T>) => V,
    listener: (value: V, previous: V, change: ChangeSet) => unknown,
    options?: SelectOptions<V>,
  ): () => void
  /** Calls `listener` for events of one type. */
  on<K extends StoreEvent<T>['type']>(
    type: K,
    listener: (event: Extract<StoreEvent<T>, { type: K }>) => unknown,
    options?: { readonly signal?: AbortSignal },
  ): () => void
}

/** An edit held open. Answers are net: a value that was set back is no change. */
export interface Edit<T extends object> {
  readonly draft: Draft<T>
  /** The changed top-level keys, sorted. O(changed). */
  readonly changed: readonly string[]
  isModified(): boolean
  /** Returns the new values of the changed top-level keys that exist. */
  getChanges(): { readonly [K in keyof T]?: Immutable<T[K]> }
  /** Returns the changed top-level keys that no longer exist. */
  getRemoved(): readonly string[]
  /** Returns the value at `path` in the base, changed or not; undefined where nothing stood. */
  getOriginalValue(path: PathIn<T>): unknown
  /** Returns the base: the snapshot that this edit began on. */
  getAllOriginalData(): Immutable<T>
  /** Returns the change set that a commit would make now; `isEmpty` if nothing changed. */
  changeSet(): ChangeSet
  /**
   * Calls `listener` after writes to the draft: once for all that is written in one turn. Returns a function that ends it; the end
   * of the edit does too.
   */
  subscribe(listener: () => unknown): () => void
  /** Discards all changes and ends the edit. */
  rollback(): void
  /**
   * Commits and ends the edit. Returns the change set, or null if nothing changed. If the store has moved on, the edit and the
   * changes since must have touched different top-level keys; else a `ConflictError` is thrown, and the edit stays open.
   */
  commit(options?: EditOptions): ChangeSet | null
  /** Discards all changes if the edit is open. */
  [Symbol.dispose](): void
}

/** A store with a history: see {@link withHistory}. */
export interface HistoryStore<T extends object> extends Store<T> {
  /** Undoes the last edit made here. Null: there was nothing to undo. Throws a `ConflictError`. */
  undo(options?: RebaseOptions): ChangeSet | null
  /** Redoes the edit that `undo` took back. */
  redo(options?: RebaseOptions): ChangeSet | null
  readonly canUndo: boolean
  readonly canRedo: boolean
  readonly history: StoreHistory
}

/** An open edit with savepoints: see {@link savepoints}. */
export interface SavepointEdit<T extends object> extends Omit<Edit<T>, 'rollback'> {
  /** Creates a savepoint to roll back to. O(changed). */
  savepoint(): Savepoint
  /** Rolls back a path, or everything since a savepoint; without one, all, and the edit ends. */
  rollback(to?: PathIn<T> | Savepoint): void
}
