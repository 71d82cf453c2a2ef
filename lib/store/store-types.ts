// The public types of stores in memory, and the subscriptions that documents share.
import type { ChangeSet } from '../changes/change-set.ts'
import type { Keyed } from '../changes/diff/identity.ts'
import type { RebaseOptions } from '../changes/conflicts.ts'
import type { Patches } from '../changes/encodings/apply-any-patches.ts'
import type { Leaf } from '../document/leaves/leaves.ts'
import type { Draft, Immutable, PathIn } from '../document/types.ts'
import type { EventsOptions } from '../events/event-stream.ts'
import type { DocumentEvent, EventOf, MissedEvent, StoreEvent } from '../events/types.ts'
import type { Edit, EditOptions } from './edits/edit-types.ts'
import type { HistoryOptions, StoreHistory } from './history/history-types.ts'

/** Options for the comparison of a container with the one that it replaces. */
export interface ComparingOptions {
  /** The identity of array elements, by path: see {@link Keyed}. */
  readonly keyed?: Keyed
  /**
   * Paths that are one value: an edit at or below becomes a `set` of the whole value there. `*` stands for
   * any one segment: `'shapes.*.box'`.
   */
  readonly atomic?: readonly string[]
}

/** The options that say what an entity may hold, and how its parts are told apart. */
export interface EntityOptions extends ComparingOptions {
  /** Classes whose instances are values. They are asked before the library's own leaves. */
  readonly leaves?: readonly Leaf[]
}

/** Options of {@link createStore}. */
export interface StoreOptions extends EntityOptions {
  /** The limits of `undo`; false: no history. The last 100 edits by default. */
  readonly history?: HistoryOptions | false
}

/** Options of `subscribe`. With both `fields` and `path`, a change of either is heard. */
export interface SubscribeOptions<T = unknown> {
  /** Top-level keys. */
  readonly fields?: readonly (Extract<keyof T, string> | (string & {}))[]
  /** A path: changes at, above or below it are heard, if they make another value of what stands there. */
  readonly path?: PathIn<T>
  /** Ends the subscription when it aborts. */
  readonly signal?: AbortSignal
}

/** Options of `select`. */
export interface SelectOptions<V> {
  /** Whether two selected values count as the same; `Object.is` by default. */
  readonly equals?: (a: V, b: V) => boolean
  readonly signal?: AbortSignal
}

/** A listener for changes. */
export type ChangeListener<T> = (
  change: ChangeSet,
  snapshots: { readonly state: Immutable<T>; readonly previous: Immutable<T> },
) => unknown

/** Subscriptions to a store or document, whose events are of type `E`. */
export interface Listenable<T extends object, E extends DocumentEvent<T>> {
  /**
   * Calls `listener` after each change; the options decide which changes, never what the listener gets.
   * Returns a function that ends the subscription.
   */
  subscribe(listener: ChangeListener<T>, options?: SubscribeOptions<T>): () => void

  /**
   * Calls `listener` when the selected value differs from the last one. An error that `selector` throws now
   * is passed on. Returns a function that ends the subscription.
   */
  select<V>(
    selector: (state: Immutable<T>) => V,
    listener: (value: V, previous: V, change: ChangeSet) => unknown,
    options?: SelectOptions<V>,
  ): () => void

  /** Calls `listener` for events of one type. Returns a function that ends the subscription. */
  on<K extends E['type']>(
    type: K,
    listener: (event: EventOf<T, K>) => unknown,
    options?: { readonly signal?: AbortSignal },
  ): () => void

  /**
   * Returns every event from now on as an async iterator, until the loop ends or `signal` aborts. For a
   * slow reader up to `limit` events wait (1,024 by default); beyond that the oldest are dropped, and one
   * `{ type: 'missed', count }` says so.
   */
  events(options?: EventsOptions): AsyncIterableIterator<E | MissedEvent>
}

/**
 * One document in memory. `createStore` makes it. All methods are bound. Whatever a method throws, the
 * state before the call is intact.
 */
export interface Store<T extends object> extends Listenable<T, StoreEvent<T>> {
  /** The deeply frozen snapshot: the same reference until something really changes. */
  readonly state: Immutable<T>
  /** The number of commits. */
  readonly version: number
  /** Returns the state, so that `JSON.stringify(store)` is that of the document. */
  toJSON(): Immutable<T>

  /**
   * Runs `recipe` on a draft and commits. Returns the change set, or null if nothing changed. The result of
   * the recipe is ignored, except a promise (`async-recipe`) and a new container where nothing was edited
   * (`returned-value`). Errors of the recipe are rethrown. Throws `nested-edit` inside a recipe of the same
   * store, and `unsupported-value`, `cycle` or `hole` for values that a store cannot hold. O(changed).
   */
  edit(recipe: (draft: Draft<T>) => unknown, options?: EditOptions): ChangeSet | null

  /** Sets some top-level fields without a draft; `undefined` removes a field. Throws as `edit` does. */
  patch(
    partial: { readonly [K in keyof T]?: T[K] | undefined },
    options?: EditOptions,
  ): ChangeSet | null

  /**
   * Undoes the last edit made here, and nothing that came from elsewhere: the inverse of the edit is
   * applied after everything committed since. Returns null if there was nothing to undo, or nothing was
   * left of it. Throws a `ConflictError` where the inverse clashes with later changes, unless `resolve`
   * settles it; then nothing has changed. O(the ops since).
   */
  undo(options?: RebaseOptions): ChangeSet | null
  /** Redoes the edit that `undo` took back; a new edit clears it. Throws as `undo` does. */
  redo(options?: RebaseOptions): ChangeSet | null
  readonly canUndo: boolean
  readonly canRedo: boolean
  readonly history: StoreHistory

  /** Begins an open edit: a draft held as long as you like. */
  begin(): Edit<T>

  /**
   * Applies a change set, patches in Immer's format or a JSON Patch (RFC 6902) from elsewhere: all of it,
   * or nothing. A change of this store is rebased onto everything committed since. Throws a `ConflictError`
   * with the paths where the change clashes with that, or does not fit: a change of another origin must
   * find values equal to those it was made on.
   */
  apply(change: ChangeSet | Patches, options?: EditOptions): ChangeSet | null
}
