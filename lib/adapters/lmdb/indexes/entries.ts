// The entries of all indexes of an LMDB store, in a database of their own within it: tag and key, as bytes, to the key of
// the id.
import type { Database as LMDBDatabase, RangeOptions } from 'lmdb'
import type { EntryChange } from '../../indexes/entry-changes.ts'
import type { KeyRange } from '../../indexes/plan.ts'
import { endOfPrefix } from '../../indexes/value-key.ts'
import { silence, type Database } from '../layout.ts'

/** Reads and writes entries. */
export class Entries {
  private database: LMDBDatabase<string, Buffer>

  constructor(root: Database) {
    this.database = openEntries(root)
  }

  /** Goes on with another database. */
  use(root: Database): void {
    this.database = openEntries(root)
  }

  /** Applies a change in the transaction under way. */
  write(tag: string, { key, id }: Pick<EntryChange, 'key' | 'id'>): void {
    if (id === null) silence(this.database.remove(toBytes(tag + key)))
    else silence(this.database.put(toBytes(tag + key), id))
  }

  /** Yields the entries of a range in order: pairs of key and id key. */
  *list(tag: string, range: KeyRange): Iterable<readonly [key: string, id: string]> {
    for (const { key, value } of this.database.getRange(optionsOf(tag, range, false))) {
      yield [keyOf(tag, key), value]
    }
  }

  /** Returns the id keys of at most `limit` entries of a range in order, and the key of the last one. */
  readSome(
    tag: string,
    range: KeyRange,
    isReverse: boolean,
    limit: number,
  ): { readonly ids: readonly string[]; readonly last: string } {
    const ids: string[] = []
    let last: Buffer | null = null
    for (const entry of this.database.getRange({ ...optionsOf(tag, range, isReverse), limit })) {
      ids.push(entry.value)
      last = entry.key
    }
    return { ids, last: last === null ? '' : keyOf(tag, last) }
  }

  /** Removes at most `limit` entries in the transaction under way. Returns whether there are none left. */
  removeSome(tag: string, limit: number): boolean {
    const keys = [...this.database.getKeys({ ...optionsOf(tag, EVERYTHING, false), limit })]
    for (const key of keys) silence(this.database.remove(key))
    return keys.length < limit
  }
}

const openEntries = (root: Database): LMDBDatabase<string, Buffer> =>
  root.openDB<string, Buffer>({
    name: 'indexes',
    encoding: 'string',
    keyEncoding: 'binary',
    useVersions: false,
  })

const EVERYTHING: KeyRange = { from: '', to: null }

/** Returns a range for LMDB, which begins at its end where it is read in reverse. */
function optionsOf(tag: string, { from, to }: KeyRange, isReverse: boolean): RangeOptions {
  const start = toBytes(tag + from)
  const end = toBytes(to === null ? (endOfPrefix(tag) as string) : tag + to)
  if (!isReverse) return { start, end }
  return { start: end, end: start, reverse: true, exclusiveStart: true, inclusiveEnd: true }
}

const keyOf = (tag: string, key: Buffer): string => key.toString('latin1', tag.length)

const toBytes = (key: string): Buffer => Buffer.from(key, 'latin1')
