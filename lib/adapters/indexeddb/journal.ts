// The journal: the last writes of all tabs, numbered from 1. The browser lets one tab write at a time, so the numbers rise in
// the order of the commits. The writes of one transaction are one record, whose key is the number of its last write. A watcher
// remembers the last number that it has seen; one whose next number was pruned, or whose database was deleted, has missed
// something: everything must be read again.
import { done, type Access } from './database.ts'

/** A write, as it is stored. The id is JSON; the version of a delete is 0. */
export type JournalEntry = readonly [
  collection: string,
  id: unknown,
  version: number,
  commitId: string,
]

/** The place behind a write in the journal of one database. */
export interface Position {
  readonly database: string
  readonly at: number
}

/** Whether a resume token is a place in a journal. */
export function isPosition(token: unknown): token is Position {
  const { database, at } = Object(token) as Partial<Position>
  return typeof database === 'string' && Number.isSafeInteger(at)
}

/** The number of writes after which the oldest are pruned, and of records that are read at once. */
const PRUNE_EVERY = 64
const READ_PORTION = 200

/** Returns the number of the last write. */
export async function readLast({ store }: Access): Promise<number> {
  const cursor = await done(store('journal').openKeyCursor(null, 'prev'))
  return (cursor?.key as number | undefined) ?? 0
}

/** Adds writes behind the last one, in the transaction under way, and keeps at least `keep`. */
export function writeEntries(
  { store }: Access,
  last: number,
  entries: readonly JournalEntry[],
  keep: number,
): void {
  if (entries.length === 0) return
  const next = last + entries.length
  store('journal').put(entries, next)
  const isDue = Math.floor(next / PRUNE_EVERY) > Math.floor(last / PRUNE_EVERY)
  if (isDue && next > keep) store('journal').delete(IDBKeyRange.upperBound(next - keep))
}

/** Returns the present end of the journal. */
export async function readEnd(access: Access): Promise<Position> {
  const [database, at] = await Promise.all([
    done(access.store('about').get('id') as IDBRequest<string>),
    readLast(access),
  ])
  return { database, at }
}

/** A write with the place behind it. */
export interface ToldWrite {
  readonly entry: JournalEntry
  readonly position: Position
}

/** Writes of the journal, and the place behind them. */
export interface Told {
  /** The writes in order; null: some were pruned before they were read. */
  readonly writes: readonly ToldWrite[] | null
  readonly position: Position
  /** Whether there is no more. */
  readonly isEnd: boolean
}

/** Reads what follows a place. */
export async function readSince(access: Access, from: Position): Promise<Told> {
  const journal = access.store('journal')
  const range = IDBKeyRange.lowerBound(from.at, true)
  const [end, numbers, records] = await Promise.all([
    readEnd(access),
    done(journal.getAllKeys(range, READ_PORTION)),
    done(journal.getAll(range, READ_PORTION) as IDBRequest<JournalEntry[][]>),
  ])
  const all = records.flatMap((entries, i) => {
    const first = (numbers[i] as number) - entries.length + 1
    return entries.map((entry, k) => ({ entry, position: { ...from, at: first + k } }))
  })
  const next = all[0]?.position.at ?? end.at + 1
  if (from.database !== end.database || next > from.at + 1 || from.at > end.at) {
    return { writes: null, position: end, isEnd: true }
  }
  // A record may hold some that were seen.
  const writes = all.filter(({ position }) => position.at > from.at)
  const position = writes.at(-1)?.position ?? from
  return { writes, position, isEnd: position.at >= end.at }
}
