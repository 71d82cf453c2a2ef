// The entries of all indexes of an LMDB store, in a database of their own within it: tag and key, as bytes, to the key of
// the id.
import type { Database as LMDBDatabase } from 'lmdb'
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

  /** Yields the entries of a range in order: pairs of key and id key. At most `limit`. */
  *list(
    tag: string,
    { from, to }: KeyRange,
    isReverse: boolean = false,
    limit: number = Infinity,
  ): Iterable<readonly [key: string, id: string]> {
    const start = toBytes(tag + from)
    const end = toBytes(to === null ? (endOfPrefix(tag) as string) : tag + to)
    const options = isReverse
      ? { start: end, end: start, reverse: true, exclusiveStart: true, inclusiveEnd: true }
      : { start, end }
    const some = limit === Infinity ? options : { ...options, limit }
    for (const { key, value } of this.database.getRange(some)) {
      yield [key.toString('latin1').slice(tag.length), value]
    }
  }

  /** Removes at most `limit` entries in the transaction under way. Returns whether there are none left. */
  removeSome(tag: string, limit: number): boolean {
    const keys = [...this.list(tag, { from: '', to: null }, false, limit)].map(([key]) => key)
    for (const key of keys) this.write(tag, { key, id: null })
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

const toBytes = (key: string): Buffer => Buffer.from(key, 'latin1')
