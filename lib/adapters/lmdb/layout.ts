// The layout of an LMDB store, by number, and the upgrade of older ones at opening. Layout 1 had ids as
// texts, with bigints apart from numbers, in no useful order. Layout 2 has ids by value, in the order of
// BSON. Layout 3 may have indexes, which every writer must keep.
import type { RootDatabase } from 'lmdb'
import { CowslipError, badArgumentError } from '../../document/messages/errors.ts'
import { idKey } from '../ids.ts'

/** The key of a document. */
export type Key = [collection: string, id: string]
/** A text that sorts after the key of every id. */
export const AFTER_ALL_IDS = 'z'
/** The database: documents and the layout number, as texts. */
export type Database = RootDatabase<string, Key>

/**
 * The greatest length of a key, in bytes. LMDB accepts 1,978, but a longer key followed by a close has
 * thrown where nobody could catch it.
 */
const MAX_KEY_BYTES = 1_900

const encoder = new TextEncoder()

/** Returns the key of a document. Throws `bad-argument` for an id that is too long, or no well-formed text. */
export function keyOf(collection: string, id: unknown): Key {
  const key: Key = [collection, idKey(id)]
  const text = key.join('')
  if (/\p{Surrogate}/u.test(text)) throw badArgumentError('id', 'a well-formed text', id)
  // A character takes at most three bytes.
  if (text.length * 3 > MAX_KEY_BYTES && encoder.encode(text).length > MAX_KEY_BYTES) {
    throw badArgumentError(
      'id',
      `an id that takes at most ${MAX_KEY_BYTES} bytes with its collection`,
      id,
    )
  }
  return key
}

const ignore = (): void => {}

/** The version of every entry: the store was made with versions, which nothing compares any more. */
const ENTRY_VERSION = 1

/** Puts a value within the transaction under way, whose outcome is heard elsewhere. */
export function putQuietly(database: Database, key: Key, value: string): void {
  silence(database.put(key, value, ENTRY_VERSION))
}

/** Removes an entry likewise. */
export function removeQuietly(database: Database, key: Key): void {
  silence(database.remove(key))
}

/** Ignores the promise of a part of a transaction; within one LMDB returns something that is no real promise. */
export function silence(result: unknown): void {
  if (result instanceof Promise) result.catch(ignore)
}

const CURRENT_LAYOUT = '3'
/** The key of the layout number. No collection has an empty name. */
const LAYOUT_KEY: Key = ['', 'layout']

/**
 * Upgrades a store to the current layout, in one transaction. Throws `adapter` for a store of a later layout, and for
 * one that cannot be upgraded; then the store is as it was.
 */
export function upgradeLayout(database: Database): void {
  if (database.get(LAYOUT_KEY) === CURRENT_LAYOUT) return
  database.transactionSync(() => {
    // Another process may have been faster.
    const found = database.get(LAYOUT_KEY)
    if (found === CURRENT_LAYOUT) return
    if (found === undefined) changeKeys(database)
    else if (found !== '2') {
      throw layoutError(
        `Received one of layout ${found}, where this version knows ${CURRENT_LAYOUT}. Use a later version.`,
      )
    }
    database.putSync(LAYOUT_KEY, CURRENT_LAYOUT, ENTRY_VERSION)
  })
}

function changeKeys(database: Database): void {
  const moving: { from: Key; to: Key; value: string; version: number | undefined }[] = []
  for (const { key, value, version } of database.getRange({ versions: true })) {
    const to: Key = [key[0], toCurrentKey(key[1])]
    if (to[1] !== key[1]) moving.push({ from: key, to, value, version })
  }
  // Remove all before adding the first: a new key may be another's old one.
  for (const { from } of moving) database.removeSync(from)
  for (const { to, value, version } of moving) {
    if (database.get(to) !== undefined) {
      throw layoutError(
        `Received one where "${to[0]}" has an id both as a number and as a bigint, which are one document now. ` +
          'Remove one of them with the earlier version.',
      )
    }
    if (version === undefined) database.putSync(to, value)
    else database.putSync(to, value, version)
  }
}

/** Returns the current key for a key of layout 1. */
function toCurrentKey(old: string): string {
  const rest = old.slice(1)
  if (old.startsWith('n')) return idKey(Number(rest))
  if (old.startsWith('i')) return idKey(BigInt(rest))
  return old.startsWith('o') ? `v${rest}` : old
}

function layoutError(reason: string): CowslipError<'adapter'> {
  return new CowslipError('adapter', `Expected an LMDB store that this version reads. ${reason}`, {
    reason,
  })
}
