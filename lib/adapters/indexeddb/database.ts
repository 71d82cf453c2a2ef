// The connection to a database in IndexedDB: opened by the first call, closed when another tab upgrades or deletes the
// database, and opened again by the next call. A database has four object stores:
//
//   documents  [collection, id key]  -> the document as a text
//   entries    [tag of index, key]   -> the id key of the document
//   journal    number                -> the writes of a transaction, the last one of that number
//   about      name                  -> the id of the database; the indexes of a collection
//
// Keys are texts in which each character stands for a byte, so that they sort as BSON sorts.
import { randomId } from '../../changes/random-id.ts'
import { closedError } from '../adapter-lifetime.ts'
import { databaseError, errorWithin, failedCommit, RequestFailure } from './errors.ts'

const LAYOUT = 1
const STORES = ['documents', 'entries', 'journal', 'about'] as const

/** The name of one object store. */
export type StoreName = (typeof STORES)[number]

/** A transaction under way. A promise that is not one of its requests, awaited within it, ends it. */
export interface Access {
  readonly store: (name: StoreName) => IDBObjectStore
}

/** Resolves to the result of a request. */
export const done = <R>(request: IDBRequest<R>): Promise<R> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(new RequestFailure(request.error))
  })

/** A connection to the database of this name. */
export class Connection {
  readonly name: string
  private readonly durability: IDBTransactionDurability
  private opening: Promise<IDBDatabase> | null = null
  private isClosed = false

  constructor(name: string, durability: IDBTransactionDurability) {
    this.name = name
    this.durability = durability
  }

  /** Runs a task in a transaction that reads. Rejects with `adapter`, `closed`, and what the task throws. */
  async read<R>(work: (access: Access) => Promise<R>): Promise<R> {
    try {
      return await work(accessOf(await this.begin('readonly')))
    } catch (error) {
      throw errorWithin(error)
    }
  }

  /**
   * Runs a task in a transaction that writes, and resolves when it is committed. Rejects with `adapter`, `closed`, and what
   * the task throws; then nothing is stored. Rejects with a `LostAnswer` where nobody knows.
   */
  async write<R>(work: (access: Access) => Promise<R>): Promise<R> {
    const transaction = await this.begin('readwrite').catch((error: unknown) => {
      throw errorWithin(error)
    })
    const ended = new Promise<DOMException | null>(resolve => {
      transaction.oncomplete = () => resolve(null)
      transaction.onabort = () =>
        resolve(transaction.error ?? new DOMException('The connection was lost', 'AbortError'))
    })
    let result: R
    try {
      result = await work(accessOf(transaction))
    } catch (error) {
      abort(transaction)
      // A request that failed has aborted the transaction, whose error says why.
      throw errorWithin(transaction.error ?? error)
    }
    const failure = await ended
    if (failure !== null) throw failedCommit(failure)
    return result
  }

  /** Closes the connection for good. */
  async close(): Promise<void> {
    const { opening } = this
    this.isClosed = true
    this.opening = null
    await opening?.then(
      database => database.close(),
      () => {},
    )
  }

  private async begin(mode: IDBTransactionMode): Promise<IDBTransaction> {
    for (let attempt = 1; ; attempt++) {
      if (this.isClosed) throw closedError('IndexedDB adapter')
      const database = await this.open()
      try {
        return database.transaction(STORES, mode, { durability: this.durability })
      } catch (error) {
        // The browser may close a connection, for example when the user deletes the data of the page.
        if (attempt > 1 || (error as DOMException).name !== 'InvalidStateError') throw error
        this.opening = null
      }
    }
  }

  private open(): Promise<IDBDatabase> {
    if (this.opening !== null) return this.opening
    const opening = openDatabase(this.name)
    this.opening = opening
    const forget = (): void => {
      if (this.opening === opening) this.opening = null
    }
    opening.then(database => {
      database.onclose = forget
      database.onversionchange = () => {
        forget()
        database.close()
      }
    }, forget)
    return opening
  }
}

const accessOf = (transaction: IDBTransaction): Access => ({
  store: name => transaction.objectStore(name),
})

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort()
  } catch {
    // It is over already.
  }
}

async function openDatabase(name: string): Promise<IDBDatabase> {
  // A page that may keep nothing throws at the name already.
  let database: IDBDatabase
  try {
    const { indexedDB } = globalThis as { indexedDB?: IDBFactory }
    if (indexedDB === undefined) {
      throw databaseError(
        'a browser with IndexedDB',
        'none',
        'Use another adapter where there is none.',
      )
    }
    database = await requestDatabase(indexedDB, name)
  } catch (error) {
    throw errorWithin(error)
  }
  if (STORES.every(store => database.objectStoreNames.contains(store))) return database
  database.close()
  throw databaseError(
    `a database "${name}" that this adapter made`,
    'one of another program',
    'Choose another `name`.',
  )
}

function requestDatabase(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, LAYOUT)
    let isBlocked = false
    request.onupgradeneeded = () => {
      const database = request.result
      for (const store of STORES) database.createObjectStore(store)
      ;(request.transaction as IDBTransaction).objectStore('about').put(randomId(), 'id')
    }
    request.onblocked = () => {
      isBlocked = true
      const remedy = 'Close the other tabs of this page and load it again.'
      reject(databaseError('to upgrade the database', 'a tab that has it open', remedy))
    }
    request.onerror = () => reject(new RequestFailure(request.error))
    request.onsuccess = () => {
      if (isBlocked) request.result.close()
      else resolve(request.result)
    }
  })
}
