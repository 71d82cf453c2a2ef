// The record of a store as text: its state, encoded; the id of its write; and the number of its shape.
//
//   {"cowslip":1,"id":"...","shape":2,"state":{...}}
import { decodeValue, encodeValue, type JSONValue } from '../changes/encodings/json-values.ts'
import { isObject, isPlainObject } from '../document/containers.ts'
import { ingest } from '../document/ingest.ts'
import { CowslipError } from '../document/messages/errors.ts'
import { acceptLiveDraft, type StoreRules } from '../draft/strict/store-scope.ts'

/** Brings a state of one shape on to the next (`any`, for no type tells of the older one). */
export type Migration = (state: any) => object

/** A record that was read. */
export interface StoredRecord {
  /** The id of the write. */
  readonly id: string
  readonly state: object
  /** Whether it had an older shape. */
  readonly wasOlder: boolean
}

/** Returns a state as the text of a record. Throws `unsupported-value` for a leaf without `encode`. */
export function writeRecord(
  state: object,
  id: string,
  shape: number,
  { leaves }: StoreRules,
): string {
  return JSON.stringify({ cowslip: 1, id, shape, state: encodeValue(state, leaves, []) })
}

/** Reads the text of a record. Throws `unreadable` for one that no program wrote, or a newer one. */
export function readRecord(
  text: string,
  key: string,
  migrations: readonly Migration[],
  rules: StoreRules,
): StoredRecord {
  let found: unknown
  try {
    const { cowslip, id, shape, state } = JSON.parse(text) as Record<string, JSONValue>
    if (cowslip !== 1 || typeof id !== 'string' || !Number.isSafeInteger(shape)) {
      throw new Error('It is no record of a store.')
    }
    if ((shape as number) > migrations.length) throw new Error('It is of a newer program.')
    found = decodeValue(state, rules.leaves)
    for (const migrate of migrations.slice(shape as number)) found = migrate(found)
    if (!isObject(found) || !isPlainObject(found)) throw new Error('Its state is no plain object.')
    const taken = ingest(found, { ...rules, finishDraft: acceptLiveDraft }, () => []) as object
    const wasOlder = (shape as number) < migrations.length
    return { id, state: taken, wasOlder }
  } catch (cause) {
    // Without the text of the cause, in which parsers quote what they read.
    const reason = isNewer(text, migrations.length)
      ? 'one of a newer program'
      : 'one that is no record of a store, or that a migration refuses'
    throw new CowslipError(
      'unreadable',
      `Expected the record "${key}" to be one that this program can read. Received ${reason}. Look at what wrote it.`,
      { collection: 'persist', id: key, reason },
      cause,
    )
  }
}

/** Whether a text is the record of a newer program, which must not be written over. */
export function isNewer(text: string, shapes: number): boolean {
  try {
    const { cowslip, shape } = JSON.parse(text) as { cowslip?: unknown; shape?: unknown }
    return cowslip === 1 && Number(shape) > shapes
  } catch {
    return false
  }
}
