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
  /** Names the identity of array elements, by path; see {@link Keyed}. */
  readonly keyed?: Keyed
  /**
   * Paths of what is one value: an edit at or below is a `set` of all that stands there. `*` is any one segment:
   * `'shapes.*.box'`.
   */
  readonly atomic?: readonly string[]
}

/** Options of {@link createStore}. */
export interface StoreOptions extends ComparingOptions {
  /** Classes whose instances are values; they are asked before the library's own. */
  readonly leaves?: readonly Leaf[]
  /** What `undo` remembers; false: nothing. The last 100 edits by default. */
  readonly history?: HistoryOptions | false
}

/** When to hear of changes: `fields` and `path` together mean either. */
export interface SubscribeOptions<T = unknown> {
  /** Top-level keys. */
  readonly fields?: readonly (Extract<keyof T, string> | (string & {}))[]
  /** Changes at, above or below this path that make another value of what stands there. */
  readonly path?: PathIn<T>
  /** Its abort ends the subscription. */
  readonly signal?: AbortSignal
}

/** Options of `select`. */
export interface SelectOptions<V> {
  /** Whether two selected values count as the same; `Object.is` by default. */
  readonly equals?: (a: V, b: V) => boolean
  readonly signal?: AbortSignal
}

/** Hears changes. */
export type ChangeListener<T> = (
  change: ChangeSet,
  snapshots: { readonly state: Immutable<T>; readonly previous: Immutable<T> },
) => unknown

/** Who can be listened to: `E` are the events it tells. */
export interface Listenable<T extends object, E extends DocumentEvent<T>> {
  /** Hears changes; the filter decides when, never what. Gives the way to stop. */
  subscribe(listener: ChangeListener<T>, options?: SubscribeOptions<T>): () => void

  /** Hears when the selected value is another. What `selector` throws now is passed on. */
  select<V>(
    selector: (state: Immutable<T>) => V,
    listener: (value: V, previous: V, change: ChangeSet) => unknown,
    options?: SelectOptions<V>,
  ): () => void

  /** Hears events of one type. Gives the way to stop. */
  on<K extends E['type']>(
    type: K,
    listener: (event: EventOf<T, K>) => unknown,
    options?: { readonly signal?: AbortSignal },
  ): () => void

  /**
   * Every event from now on, until the loop ends or `signal` aborts. For a reader that falls behind `limit`
   * events are kept (1,024); older ones are dropped, told by one `{ type: 'missed', count }`.
   */
  events(options?: EventsOptions): AsyncIterableIterator<E | MissedEvent>
}

/**
 * One document in memory, and who listens to it. All methods are bound. Made by `createStore`.
 * Whatever a method throws, the state before the call is intact.
 */
export interface Store<T extends object> extends Listenable<T, StoreEvent<T>> {
  /** The deep-frozen snapshot: the same reference until something really changes. */
  readonly state: Immutable<T>
  /** How many commits there were. */
  readonly version: number
  /** The state: `JSON.stringify(store)` is that of the document. */
  toJSON(): Immutable<T>

  /**
   * Runs `recipe` on a draft and commits; null if nothing changed. What the recipe returns is
   * ignored, except a promise (`async-recipe`) and a new container where nothing was edited
   * (`returned-value`). What it throws is rethrown. Throws `nested-edit` inside a recipe of the same
   * store, and for values that cannot be kept `unsupported-value`, `cycle` or `hole`. O(changed).
   */
  edit(recipe: (draft: Draft<T>) => unknown, options?: EditOptions): ChangeSet | null

  /** Sets some top-level fields without a draft; `undefined` removes. Throws as `edit` does. */
  patch(
    partial: { readonly [K in keyof T]?: T[K] | undefined },
    options?: EditOptions,
  ): ChangeSet | null

  /**
   * Takes the last edit made here back, and nothing that came from elsewhere: its inverse, on top of
   * what was committed since. Null: there was nothing to take back, or nothing was left of it. Throws a
   * `ConflictError` where it clashes with what came since, unless `resolve` settles it; then nothing
   * has changed. O(the ops since).
   */
  undo(options?: RebaseOptions): ChangeSet | null
  /** Does again what `undo` took back; a new edit forgets it. Throws as `undo` does. */
  redo(options?: RebaseOptions): ChangeSet | null
  readonly canUndo: boolean
  readonly canRedo: boolean
  readonly history: StoreHistory

  /** An open edit: a draft held as long as you like. */
  begin(): Edit<T>

  /**
   * Takes a change set, patches in Immer's shape or a JSON Patch (RFC 6902) from elsewhere: all of it, or
   * nothing. A change of this store comes on top of what was committed since. Throws a `ConflictError`
   * with the paths where it clashes with that, or does not fit: one of another origin must find values
   * equal to those it was made on.
   */
  apply(change: ChangeSet | Patches, options?: EditOptions): ChangeSet | null
}
