// Loads the documents to which others refer: for each path one query, whatever the number of documents. Nothing is copied
// into a document: what is found stands beside it.
import { idKey } from '../../adapters/ids.ts'
import { isObject, isPlainObject } from '../../document/containers.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import type { CallLimits, Collection, DocumentStore, WithReferences } from '../collection-types.ts'

/** The collections by path. */
export type ReferenceMap = Readonly<Record<string, Collection<object>>>

/** Throws `bad-argument` for anything but an object of paths and collections. */
export function checkReferences(references: unknown): asserts references is ReferenceMap {
  if (!isObject(references) || !isPlainObject(references)) {
    throw badArgumentError('references', 'an object of paths and collections', references)
  }
  for (const [path, collection] of Object.entries(references)) {
    if (typeof Object(collection).getMany !== 'function') {
      throw badArgumentError(`references.${path}`, 'a collection', collection)
    }
  }
}

/** Returns documents with those that they refer to. */
export async function loadReferences<T extends object, R>(
  documents: readonly DocumentStore<T>[],
  references: ReferenceMap,
  limits: CallLimits,
): Promise<WithReferences<T, R>[]> {
  const paths = Object.entries(references)
  const found = await Promise.all(
    paths.map(async ([path, collection]) => {
      const ids = documents.map(({ state }) => idsAt(state, path.split('.')))
      const byKey = await loadByKey(collection, ids.flat(), limits)
      const find = (id: unknown): DocumentStore<object> | null => byKey.get(keyOf(id)) ?? null
      return ids.map(own => (Array.isArray(own) ? own.map(find) : find(own)))
    }),
  )
  return documents.map((document, i) => {
    const refs = Object.fromEntries(paths.map(([path], at) => [path, found[at]?.[i] ?? null]))
    return { document, refs } as unknown as WithReferences<T, R>
  })
}

async function loadByKey(
  collection: Collection<object>,
  ids: readonly unknown[],
  limits: CallLimits,
): Promise<ReadonlyMap<string, DocumentStore<object>>> {
  const distinct = new Map<string, unknown>()
  for (const id of ids) {
    const key = keyOf(id)
    if (key !== '') distinct.set(key, id)
  }
  const documents = await collection.getMany([...distinct.values()], limits)
  const byKey = new Map<string, DocumentStore<object>>()
  for (const [i, key] of [...distinct.keys()].entries()) {
    const document = documents[i]
    if (document != null) byKey.set(key, document)
  }
  return byKey
}

/** Returns the key of an id; an empty text for what is no id. */
function keyOf(id: unknown): string {
  try {
    return idKey(id)
  } catch {
    return ''
  }
}

/** Returns the id at a path; a list of ids where the path leads to or through an array. */
function idsAt(value: unknown, path: readonly string[]): unknown {
  if (Array.isArray(value)) {
    const [index] = path
    if (index !== undefined && /^\d+$/.test(index))
      return idsAt(value[Number(index)], path.slice(1))
    return value.flatMap(element => idsAt(element, path))
  }
  const [name, ...rest] = path
  if (name === undefined) return value
  return isObject(value) && isPlainObject(value) && Object.hasOwn(value, name)
    ? idsAt(value[name], rest)
    : undefined
}
