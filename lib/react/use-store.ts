// `useStore` and `useUndo`: what components see of a store.
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { checkFunction } from '../document/messages/check-options.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import { parsePath } from '../document/paths/parse-path.ts'
import type { Path } from '../document/paths/path.ts'
import type { DottedPath } from '../document/types.ts'
import type { RebaseOptions } from '../changes/conflicts.ts'
import type { StateOf, ValueAt, Watched } from './react-types.ts'
import { Watcher, type Selection } from './watcher.ts'

/**
 * Returns what a component shows of a store or a document, and renders it again when that changes: the whole state, what a
 * selector makes of it, or what stands at a path. A selector is asked only when a place that it read was touched (it runs once
 * more on a proxy to find them out; one that remembers results is asked at each change); a path is listened to as it is.
 * `equals` says whether two selected values are the same, `Object.is` by default. Works with server rendering and
 * StrictMode; a selector that makes a new object each time does no harm. Throws `bad-argument`.
 */
export function useStore<S extends Watched<any>>(store: S): StateOf<S>
export function useStore<S extends Watched<any>, V>(
  store: S,
  selector: (state: StateOf<S>) => V,
  equals?: (a: V, b: V) => boolean,
): V
export function useStore<
  S extends Watched<any>,
  const P extends DottedPath<StateOf<S>> | (string & {}),
>(store: S, path: P): ValueAt<StateOf<S>, P>
export function useStore<S extends Watched<any>>(store: S, path: Path): unknown
export function useStore(
  store: Watched<any>,
  by?: unknown,
  equals: (a: unknown, b: unknown) => boolean = Object.is,
): unknown {
  if (typeof Object(store).subscribe !== 'function') {
    throw badArgumentError('store', 'a store or a document', store)
  }
  const watcher = useMemo(() => new Watcher<any, unknown>(store), [store])
  const isSelector = typeof by === 'function'
  const key = isSelector ? null : Array.isArray(by) ? JSON.stringify(by.map(String)) : by
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const path = useMemo(() => (isSelector || by === undefined ? [] : parsePath(by as string)), [key])
  checkFunction('equals', equals)
  const selection: Selection<any, unknown> = {
    selector: isSelector ? (by as (state: unknown) => unknown) : null,
    path,
    equals,
  }
  const read = (): unknown => watcher.read(selection)
  const value = useSyncExternalStore(watcher.subscribe, read, read)
  useEffect(() => watcher.listen())
  return value
}

/** A store or a document with a history. */
export interface Undoable {
  readonly canUndo: boolean
  readonly canRedo: boolean
  undo(options?: RebaseOptions): unknown
  redo(options?: RebaseOptions): unknown
  subscribe(listener: () => unknown): () => void
}

/** Undo and redo, for buttons. */
export interface Undo<S extends Undoable> {
  readonly canUndo: boolean
  readonly canRedo: boolean
  readonly undo: S['undo']
  readonly redo: S['redo']
}

/**
 * Returns undo and redo of a store with a history; renders again when one becomes possible, or impossible. Throws
 * `bad-argument`.
 */
export function useUndo<S extends Undoable>(store: S): Undo<S> {
  if (typeof Object(store).undo !== 'function') {
    throw badArgumentError('store', 'a store or a document with a history', store)
  }
  const subscribe = useMemo(() => (notify: () => void) => store.subscribe(() => notify()), [store])
  const read = (): number => Number(store.canUndo) + 2 * Number(store.canRedo)
  const can = useSyncExternalStore(subscribe, read, read)
  return useMemo(
    () => ({
      canUndo: can % 2 === 1,
      canRedo: can >= 2,
      undo: store.undo,
      redo: store.redo,
    }),
    [store, can],
  )
}
