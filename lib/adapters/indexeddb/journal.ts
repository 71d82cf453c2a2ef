// The journal: the last writes of all tabs, by number. The browser lets one tab write at a time, so the numbers rise in
// the order of the commits. A watcher remembers the last number that it has seen; one whose next number was pruned, or
// whose database was deleted, has missed something: everything must be read again.
import { done, type Access } from './database.ts'

/** A write, as it is stored. The id is JSON; the version of a delete is 0. */
export type JournalEntry = readonly [
  collection: string,
  id: unknown,
  version: number,
  commitId: string,
]

/** A place in the journal of one database. */
export interface Position {
  readonly database: string
  readonly at: number
}

/** Whether a resume token is a place in a journal. */
export function isPosition(token: unknown): token is Position {
  const { database, at } = Object(token) as Partial<Position>
  return typeof database === 'string' && Number.isSafeInteger(at)
}

/** The number of entries that are pruned at once, and read at once. */
const PORTION = 64
const READ_PORTION = 500

/** Adds an entry to the transaction under way. */
export function writeEntry({ store }: Access, entry: JournalEntry, keep: number): void {
  const request = store('journal').add(entry)
  request.onsuccess = () => {
    const number = request.result as number
    if (number % PORTION !== 0 || number <= keep) return
    store('journal').delete(IDBKeyRange.upperBound(number - keep))
  }
}

/** Returns the present end of the journal. */
export async function readEnd({ store }: Access): Promise<Position> {
  const [database, cursor] = await Promise.all([
    done(store('about').get('id') as IDBRequest<string>),
    done(store('journal').openKeyCursor(null, 'prev')),
  ])
  return { database, at: (cursor?.key as number | undefined) ?? 0 }
}

/** Entries of the journal, and the place behind them. */
export interface Entries {
  /** The entries in order, with their places; null: some were pruned before they were read. */
  readonly entries: readonly { readonly entry: JournalEntry; readonly position: Position }[] | null
  readonly position: Position
  /** Whether there is no more. */
  readonly isEnd: boolean
}

/** Reads what follows a place. */
export async function readSince(access: Access, from: Position): Promise<Entries> {
  const journal = access.store('journal')
  const range = IDBKeyRange.lowerBound(from.at, true)
  const [end, [first], numbers, entries] = await Promise.all([
    readEnd(access),
    done(journal.getAllKeys(null, 1)),
    done(journal.getAllKeys(range, READ_PORTION)),
    done(journal.getAll(range, READ_PORTION) as IDBRequest<JournalEntry[]>),
  ])
  const isMissing = from.database !== end.database || from.at > end.at
  if (isMissing || (first !== undefined && (first as number) > from.at + 1)) {
    return { entries: null, position: end, isEnd: true }
  }
  const told = entries.map((entry, i) => ({
    entry,
    position: { ...from, at: numbers[i] as number },
  }))
  const position = told.at(-1)?.position ?? from
  return { entries: told, position, isEnd: position.at >= end.at }
}
