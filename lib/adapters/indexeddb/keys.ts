// Keys of documents and entries, and ranges of them.
import { badArgumentError } from '../../document/messages/errors.ts'
import { idKey } from '../ids.ts'
import { toByteText } from '../indexes/value-key.ts'
import { done } from './database.ts'
import { RequestFailure } from './errors.ts'

/** The key of a document or entry: its collection or tag, and its place as a text of bytes. */
export type Key = [owner: string, place: string]

/** Returns the id key of a document. Throws `bad-argument` for an id that is no well-formed text. */
export function placeOf(id: unknown): string {
  const key = idKey(id)
  if (/\p{Surrogate}/u.test(key)) throw badArgumentError('id', 'a well-formed text', id)
  return key
}

/** Returns the key of the document that has this id key. */
export const keyOf = (collection: string, place: string): Key => [collection, toByteText(place)]

/** Returns the keys of one owner from a place on and before another; null: to the end. */
export function rangeOf(
  owner: string,
  from: string,
  to: string | null,
  { isAfter = false }: { readonly isAfter?: boolean } = {},
): IDBKeyRange | null {
  if (to !== null && (from > to || (from === to && isAfter))) return null
  // An array sorts after every text.
  return IDBKeyRange.bound([owner, from], [owner, to ?? []], isAfter, true)
}

/** Items of an object store, in order. */
export interface Items {
  readonly places: readonly string[]
  readonly texts: readonly string[]
}

const NOTHING: Items = { places: [], texts: [] }

/** Reads at most `limit` items of a range, from its end if `isReverse`. */
export async function readItems(
  store: IDBObjectStore,
  range: IDBKeyRange | null,
  isReverse: boolean,
  limit: number,
): Promise<Items> {
  if (range === null) return NOTHING
  if (isReverse) return readBackwards(store, range, limit)
  const [keys, texts] = await Promise.all([
    done(store.getAllKeys(range, limit)),
    done(store.getAll(range, limit) as IDBRequest<string[]>),
  ])
  return { places: keys.map(key => (key as Key)[1]), texts }
}

function readBackwards(store: IDBObjectStore, range: IDBKeyRange, limit: number): Promise<Items> {
  const places: string[] = []
  const texts: string[] = []
  return new Promise((resolve, reject) => {
    const request = store.openCursor(range, 'prev')
    request.onerror = () => reject(new RequestFailure(request.error))
    request.onsuccess = () => {
      const cursor = request.result
      if (cursor !== null) {
        places.push((cursor.key as Key)[1])
        texts.push(cursor.value as string)
      }
      if (cursor === null || places.length === limit) resolve({ places, texts })
      else cursor.continue()
    }
  })
}
