// Loads the documents to which others refer: for each path one query, whatever the number of documents. Nothing is copied
// into a document: what is found stands beside it.
import { idKeyOrNull } from '../../adapters/ids.ts'
import { isObject, isPlainObject } from '../../document/containers.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import type { Collection, DocumentStore, WithReferences } from '../collection-types.ts'
import type { CallLimits } from '../call-types.ts'

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

/** The documents at one path: one, or a list. */
type Found = DocumentStore<object> | null | readonly (DocumentStore<object> | null)[]

/** Returns documents with those that they refer to. */
export async function loadReferences<T extends object, R>(
  documents: readonly DocumentStore<T>[],
  references: ReferenceMap,
  limits: CallLimits,
): Promise<WithReferences<T, R>[]> {
  const loaded = await Promise.all(
    Object.entries(references).map(async ([path, collection]) => {
      const ids = documents.map(({ state }) => idsAt(state, path.split('.')))
      const byKey = await loadByKey(collection, ids.flat(), limits)
      const find = (id: unknown): DocumentStore<object> | null =>
        byKey.get(idKeyOrNull(id) ?? '') ?? null
      return ids.map((own): [string, Found] => [
        path,
        Array.isArray(own) ? own.map(find) : find(own),
      ])
    }),
  )
  return documents.map((document, i) => {
    const refs: Record<string, Found | undefined> = Object.fromEntries(
      loaded.map(found => found[i] as [string, Found]),
    )
    // What stands at each path is what the collection given for it holds.
    return { document, refs: refs as WithReferences<T, R>['refs'] }
  })
}

async function loadByKey(
  collection: Collection<object>,
  ids: readonly unknown[],
  limits: CallLimits,
): Promise<ReadonlyMap<string, DocumentStore<object> | null>> {
  const distinct = new Map(ids.map(id => [idKeyOrNull(id), id]))
  distinct.delete(null)
  const documents = await collection.getMany([...distinct.values()], limits)
  return new Map([...distinct.keys()].map((key, i) => [key as string, documents[i] ?? null]))
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
