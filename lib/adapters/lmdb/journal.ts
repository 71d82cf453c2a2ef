// The journal of an LMDB store: one entry for each write, by which watchers in any process learn what changed. Each open
// adapter writes a journal of its own, in which the numbers rise in the order of the commits.
//
//   ['', 'journal <writer> <number>'] -> [time, collection, id, version, commit id, commit id before], with the write
//   ['', 'journal <writer> ~']        -> the number of the last entry that was pruned
//
// A read finds all writes up to one moment. Those of one document may come from several writers; each names the commit
// that it followed, which gives their order.
//
// A watcher remembers the last number that it has seen of each writer. One that lies before the pruned ones has missed
// something: everything must be read again.
import { randomId } from '../../changes/random-id.ts'
import { checkKnownOptions } from '../../document/messages/check-options.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import { orderByDocument, type JournalEntry } from './journal-order.ts'
import { putQuietly, removeQuietly, type Database, type Key } from './layout.ts'

/** Limits of a journal. */
export interface JournalLimits {
  /** The number of entries that a writer keeps. */
  readonly entries: number
  /** The time that entries are kept, in milliseconds. */
  readonly keepMS: number
}

const DEFAULTS: JournalLimits = { entries: 10_000, keepMS: 600_000 }

/** Returns limits with the defaults filled in. Throws `bad-argument`. */
export function parseJournalLimits(limits: Partial<JournalLimits> = {}): JournalLimits {
  checkKnownOptions(limits, ['entries', 'keepMS'], 'journal')
  for (const [name, value] of Object.entries(limits)) {
    if (typeof value === 'number' && value >= 1) continue
    throw badArgumentError(`journal.${name}`, 'a number, at least 1', value)
  }
  return { ...DEFAULTS, ...limits }
}

/** The last number that was seen of each writer. */
export type Positions = Readonly<Record<string, number>>

const PREFIX = 'journal '
/** The number of entries that are pruned at once. */
const PORTION = 64
/** Sorts after every number. */
const PRUNED = '~'

const keyOf = (writer: string, place: string): Key => ['', `${PREFIX}${writer} ${place}`]
/** Returns a number as a text that sorts by value. */
const placeOf = (number: number): string => number.toString(36).padStart(11, '0')

/** Writes the entries of one stream of writes. */
export class JournalWriter {
  readonly writer: string = randomId()
  private database: Database
  private readonly limits: JournalLimits
  private last = 0
  /** The times of the entries that are kept, the oldest first. */
  private times: number[] = []

  constructor(database: Database, limits: JournalLimits) {
    this.database = database
    this.limits = limits
  }

  /** Goes on with another database. */
  use(database: Database): void {
    this.database = database
  }

  /** Adds an entry, in the transaction under way. */
  write(entry: JournalEntry): void {
    this.times.push(Date.now())
    const key = keyOf(this.writer, placeOf(++this.last))
    putQuietly(this.database, key, JSON.stringify(toFields(entry)))
  }

  /** Removes the oldest entries if there are too many, in the transaction under way. */
  prune(): void {
    const { database, writer, times, last } = this
    const { entries, keepMS } = this.limits
    const isOver =
      times.length >= entries + PORTION || (times[PORTION] ?? Infinity) < Date.now() - keepMS
    if (!isOver) return
    const first = last - times.length + 1
    times.splice(0, PORTION)
    for (let i = 0; i < PORTION; i++) removeQuietly(database, keyOf(writer, placeOf(first + i)))
    putQuietly(database, keyOf(writer, PRUNED), String(first + PORTION - 1))
  }
}

/** Removes the journals of writers that have written nothing for the whole time that entries are kept. */
export function pruneDeadWriters(database: Database, { keepMS }: JournalLimits): void {
  const oldest = Date.now() - keepMS
  const isDead = (writer: string): boolean => {
    const last = readBack(database, writer)
    return last === null || parse(last.value).at < oldest
  }
  if (!listWriters(database).some(isDead)) return
  database.transactionSync(() => {
    for (const writer of listWriters(database).filter(isDead)) {
      const range = { start: keyOf(writer, ''), end: keyOf(writer, `${PRUNED}~`) }
      for (const key of [...database.getKeys(range)]) database.removeSync(key)
    }
  })
}

/** Returns the present end of the journal. */
export function readPositions(database: Database): Record<string, number> {
  const positions: Record<string, number> = {}
  for (const writer of listWriters(database)) {
    positions[writer] = readBack(database, writer)?.number ?? readPruned(database, writer)
  }
  return positions
}

/**
 * Reads what was written in some collections since `positions`, in order for each document, and moves them. Null:
 * something was pruned before it was read; then `positions` are at the end.
 */
export function readSince(
  database: Database,
  positions: Record<string, number>,
  collections: readonly string[],
): JournalEntry[] | null {
  const names = collections.map(name => `,${JSON.stringify(name)},`)
  const found: JournalEntry[][] = []
  const writers = new Set(listWriters(database))
  let isMissing = false
  for (const writer of Object.keys(positions)) {
    if (writers.has(writer)) continue
    // Nobody knows whether it had written more before it was pruned as a whole.
    isMissing = true
    Reflect.deleteProperty(positions, writer)
  }
  for (const writer of writers) {
    const from = positions[writer] ?? 0
    if (readPruned(database, writer) > from) isMissing = true
    const range = { start: keyOf(writer, placeOf(from + 1)), end: keyOf(writer, PRUNED) }
    const own: JournalEntry[] = []
    for (const { key, value } of database.getRange(range)) {
      positions[writer] = numberOf(key)
      // The collection stands behind the time: most entries need not be parsed.
      const at = value.indexOf(',')
      if (names.some(name => value.startsWith(name, at))) own.push(parse(value))
    }
    if (own.length > 0) found.push(own)
  }
  if (!isMissing) return found.length < 2 ? (found[0] ?? []) : orderByDocument(found.flat())
  Object.assign(positions, readPositions(database))
  return null
}

/** Returns the writers that have a journal. O(writers). */
function listWriters(database: Database): string[] {
  const writers: string[] = []
  for (let from = ''; ;) {
    const start: Key = ['', `${PREFIX}${from}`]
    const [key] = database.getKeys({ start, end: ['', `${PREFIX}~`], limit: 1 })
    if (key === undefined) return writers
    const writer = key[1].split(' ')[1] as string
    writers.push(writer)
    from = `${writer} ${PRUNED}~`
  }
}

/** Reads the last entry of a writer. Null: all are pruned. */
function readBack(database: Database, writer: string): { number: number; value: string } | null {
  const range = { start: keyOf(writer, PRUNED), end: keyOf(writer, ''), reverse: true, limit: 2 }
  for (const { key, value } of database.getRange(range)) {
    if (!key[1].endsWith(PRUNED)) return { number: numberOf(key), value }
  }
  return null
}

const readPruned = (database: Database, writer: string): number =>
  Number(database.get(keyOf(writer, PRUNED)) ?? 0)

const numberOf = (key: Key): number => Number.parseInt(key[1].split(' ')[2] as string, 36)

const toFields = ({ at, collection, id, version, commitId, before }: JournalEntry): Fields => [
  at,
  collection,
  id,
  version,
  commitId,
  before,
]

function parse(value: string): JournalEntry {
  const [at, collection, id, version, commitId, before = null] = JSON.parse(value) as Fields
  return { at, collection, id, version, commitId, before }
}

/** An entry as it is stored. */
type Fields = [
  at: number,
  collection: string,
  id: unknown,
  version: number,
  commitId: string,
  before?: string | null,
]
