// The storages that a store can be kept in, as one kind of thing: texts by key.
import { badArgumentError } from '../document/messages/errors.ts'

/** Texts by key: `localStorage` and `sessionStorage` are such, and storages whose answers are promises. */
export interface TextStorage {
  getItem(key: string): string | null | undefined | PromiseLike<string | null | undefined>
  setItem(key: string, text: string): unknown
}

/** A storage that `persist` accepts: texts by key, `indexedDB`, or a function that returns texts by key. */
export type PersistStorage = TextStorage | IDBFactory | (() => TextStorage)

/** Returns a storage as texts by key. Throws `bad-argument`. */
export function openStorage(storage: unknown): TextStorage {
  const opened: unknown = typeof storage === 'function' ? (storage as () => unknown)() : storage
  const known = Object(opened) as Partial<TextStorage & IDBFactory>
  if (typeof known.getItem === 'function' && typeof known.setItem === 'function') {
    return opened as TextStorage
  }
  if (typeof known.open === 'function' && typeof known.deleteDatabase === 'function') {
    return indexedDBStorage(opened as IDBFactory)
  }
  const expected =
    '`localStorage`, `sessionStorage`, `indexedDB`, or an object with `getItem` and `setItem`'
  throw badArgumentError('storage', expected, storage)
}

const DATABASE = 'cowslip-persist'
const RECORDS = 'records'

/** Keeps texts in a database of its own in IndexedDB. */
function indexedDBStorage(factory: IDBFactory): TextStorage {
  let opening: Promise<IDBDatabase> | null = null
  const open = (): Promise<IDBDatabase> => {
    const request = factory.open(DATABASE, 1)
    request.onupgradeneeded = () => void request.result.createObjectStore(RECORDS)
    return settled(request).then(database => {
      // Another tab wants to delete it: the next call opens it again.
      database.onversionchange = () => {
        opening = null
        database.close()
      }
      return database
    })
  }
  const run = async <R>(
    mode: IDBTransactionMode,
    work: (records: IDBObjectStore) => IDBRequest<R>,
  ): Promise<R> => {
    opening ??= open().catch((error: unknown) => {
      opening = null
      throw error
    })
    const transaction = (await opening).transaction(RECORDS, mode)
    const request = work(transaction.objectStore(RECORDS))
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onabort = () =>
        reject(transaction.error ?? new Error('The transaction was aborted'))
    })
    return request.result
  }
  return {
    getItem: async key => ((await run('readonly', records => records.get(key))) as string) ?? null,
    setItem: (key, text) => run('readwrite', records => records.put(text, key)),
  }
}

const settled = <R>(request: IDBRequest<R>): Promise<R> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('The request failed'))
  })
