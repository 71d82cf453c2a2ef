// `useDocument` and `useQuery`: what components see of a collection.
import * as React from 'react'
import type { Collection, DocumentStore } from '../collection/collection-types.ts'
import type { FindOptions } from '../collection/call-types.ts'
import type { Filter } from '../collection/filter-types.ts'
import type { IdOf } from '../collection/id-of.ts'
import { isObject } from '../document/containers.ts'
import { checkKnownOptions } from '../document/messages/check-options.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import type { Immutable } from '../document/types.ts'
import { liveReadOf, type LiveRead, type Reading, type ReadState } from './live-read.ts'

const { useEffect, useMemo, useRef, useSyncExternalStore } = React

/** Options of `useDocument` and `useQuery`. */
export interface LiveOptions {
  /**
   * Whether the component suspends until the first answer, and throws its error to the nearest boundary; false by default: then
   * `status` tells.
   */
  readonly suspense?: boolean
}

/** A document that is stored, as `useDocument` shows it. */
export interface StoredDocumentView<T extends object> {
  readonly status: 'ready'
  /** The live document, for edits. */
  readonly document: DocumentStore<T>
  /** Its state. */
  readonly data: Immutable<T>
  readonly error: undefined
}

/** The view of `useDocument` where there is no document. `missing`: nothing is stored under the id. */
export interface NoDocumentView<S extends 'loading' | 'missing' | 'error'> {
  readonly status: S
  readonly document: null
  readonly data: null
  readonly error: unknown
}

/** A document as `useDocument` shows it: `status` tells whether there is one. */
export type LiveDocumentView<T extends object> =
  StoredDocumentView<T> | NoDocumentView<'loading' | 'missing' | 'error'>

/** The documents of a query as `useQuery` shows them. */
export interface LiveQueryView<T extends object> {
  readonly status: 'loading' | 'ready' | 'error'
  /** The live documents, in order; those of the last answer while it is read again. */
  readonly documents: readonly DocumentStore<T>[]
  /** Their states. */
  readonly data: readonly Immutable<T>[]
  readonly error: unknown
}

/**
 * Returns a document of a collection, live: it moves when the document is written, by whoever, comes into being or is deleted.
 * Throws `bad-argument`; with `suspense` also the errors of `get`.
 */
export function useDocument<T extends object>(
  collection: Collection<T, any>,
  id: IdOf<T>,
  options: LiveOptions & { readonly suspense: true },
): StoredDocumentView<T> | NoDocumentView<'missing'>
export function useDocument<T extends object>(
  collection: Collection<T, any>,
  id: IdOf<T>,
  options?: LiveOptions,
): LiveDocumentView<T>
export function useDocument<T extends object>(
  collection: Collection<T, any>,
  id: IdOf<T>,
  options: LiveOptions = {},
): LiveDocumentView<T> {
  checkCollection(collection)
  if (id === undefined) throw badArgumentError('id', 'the id of a document', id)
  checkKnownOptions(options, ['suspense'])
  const read = useRead(collection, keyOf('get', id), options, () => ({
    read: () => collection.get(id),
    follow(document: DocumentStore<T> | null, changed: () => void) {
      if (document === null) return () => {}
      const stops = [document.subscribe(() => changed()), document.on('deleted', () => changed())]
      return () => stops.forEach(stop => stop())
    },
  }))
  const { status, value = null, error } = read
  const stored = value?.status === 'stored' ? value : null
  const data = stored?.state ?? null
  return useMemo(() => {
    if (status === 'ready' && stored !== null && data !== null)
      return { status, document: stored, data, error: undefined }
    return { status: status === 'ready' ? 'missing' : status, document: null, data: null, error }
  }, [status, stored, data, error])
}

/**
 * Returns the documents that a filter matches, live: it is read again after each write of the collection that the storage tells
 * of, by whoever, and shows edits of its documents at once. Filters and options that say the same are one query, however often
 * they are written anew. Throws `bad-argument`; with `suspense` also the errors of `find`.
 */
export function useQuery<T extends object>(
  collection: Collection<T, any>,
  filter: Filter<T> = {},
  options: LiveOptions & FindOptions<T> = {},
): LiveQueryView<T> {
  checkCollection(collection)
  const { suspense = false, ...query } = options
  const read = useRead(collection, keyOf('find', [filter, query]), { suspense }, () => ({
    read: async () => collection.find(filter, query as never).toArray(),
    follow(documents: readonly DocumentStore<T>[], changed: () => void) {
      const stops = documents.map(document => document.subscribe(() => changed()))
      return () => stops.forEach(stop => stop())
    },
  }))
  const { status, value: documents = [], error } = read
  const last = useRef<LiveQueryView<T> | null>(null)
  const view = useMemo(() => {
    const data = documents.map(document => document.state)
    const before = last.current
    const isSame =
      before !== null &&
      before.status === status &&
      before.error === error &&
      before.documents.length === documents.length &&
      documents.every((document, i) => before.documents[i] === document) &&
      data.every((state, i) => before.data[i] === state)
    return isSame ? before : Object.freeze({ status, documents, data, error })
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [read])
  useEffect(() => void (last.current = view))
  return view
}

function useRead<R>(
  collection: object,
  key: string,
  { suspense = false }: LiveOptions,
  reading: () => Reading<R>,
): ReadState<R> {
  const read = liveReadOf(collection, key, reading)
  const state = useSyncExternalStore(read.subscribe, read.snapshot, read.snapshot)
  if (suspense) {
    waitFor(read, state.status === 'loading')
    if (state.status === 'error') throw state.error
  }
  return state
}

/**
 * Suspends the component until the first answer: by `use` where React has it, which has to be called in the render that
 * finishes too.
 */
function waitFor(read: LiveRead<unknown>, isLoading: boolean): void {
  if (isLoading) read.begin()
  const { use } = React as { use?: (promise: Promise<unknown>) => unknown }
  if (use !== undefined) use(read.first)
  else if (isLoading) throw read.first
}

function checkCollection(collection: unknown): void {
  if (typeof Object(collection).find === 'function') return
  throw badArgumentError('collection', 'a collection', collection)
}

/** Returns a text that is the same for arguments that say the same. */
function keyOf(call: string, args: unknown): string {
  try {
    return `${call} ${JSON.stringify(args, tellApart)}`
  } catch {
    throw badArgumentError(call === 'get' ? 'id' : 'filter', 'a value without cycles', args)
  }
}

/** Returns what stands for a value in a text. */
function tellApart(this: Record<string, unknown>, key: string, shown: unknown): unknown {
  const value = this[key]
  if (value instanceof Date) return { $date: value.getTime() }
  if (value instanceof RegExp) return { $regex: String(value) }
  if (typeof value === 'bigint' || value === undefined) return { $other: String(value) }
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) }
  const type: unknown = isObject(value) ? Reflect.get(value, '_bsontype') : undefined
  return type === undefined ? shown : { $bson: type, value: shown }
}
