// The changes of index entries that writes make. They are collected before anything is written, each write on top of
// those before it, so that one that repeats a unique value is found while nothing has happened.
import type { CompiledIndex, DocumentKeys } from './index-keys.ts'
import { duplicateOf, parallelArraysOf, type Refusal } from './refusals.ts'

/** Finds the entries of an index whose key begins with the key of all its values: pairs of key and id key. */
export type FindEntries = (
  index: CompiledIndex,
  values: string,
) => Iterable<readonly [key: string, id: string]>

/** A change of one entry. */
export interface EntryChange {
  readonly index: CompiledIndex
  readonly key: string
  /** The id key of its document; null: the entry is removed. */
  readonly id: string | null
}

const NO_KEYS: DocumentKeys = { values: [], id: '', arrays: 0 }

/** Collects the changes of entries that follow from writes of documents. */
export class EntryChanges {
  private readonly find: FindEntries
  private readonly changes = new Map<CompiledIndex, Map<string, string | null>>()

  constructor(find: FindEntries) {
    this.find = find
  }

  /**
   * Adds a write of the document with this id key, from its old keys to its new ones; null: there are none. Returns
   * false if another document has one of its unique values; then nothing is added.
   */
  add(
    index: CompiledIndex,
    id: string,
    before: DocumentKeys | null,
    after: DocumentKeys | null,
  ): boolean {
    const [old, next] = [before ?? NO_KEYS, after ?? NO_KEYS]
    const added = next.values.filter(values => !old.values.includes(values))
    const isUnique = index.definition.unique === true
    if (isUnique && added.some(values => this.isTaken(index, values, id))) return false
    const own = this.changesOf(index)
    for (const values of old.values) {
      if (!next.values.includes(values)) own.set(values + old.id, null)
    }
    for (const values of added) own.set(values + next.id, id)
    return true
  }

  private isTaken(index: CompiledIndex, values: string, id: string): boolean {
    const own = this.changesOf(index)
    for (const [key, other] of this.find(index, values)) {
      if (other !== id && own.get(key) !== null) return true
    }
    for (const [key, other] of own) {
      if (other !== null && other !== id && key.startsWith(values)) return true
    }
    return false
  }

  private changesOf(index: CompiledIndex): Map<string, string | null> {
    let own = this.changes.get(index)
    if (own === undefined) this.changes.set(index, (own = new Map<string, string | null>()))
    return own
  }

  /** Yields the changes. */
  *list(): Iterable<EntryChange> {
    for (const [index, own] of this.changes) {
      for (const [key, id] of own) yield { index, key, id }
    }
  }
}

/** A write of one document. */
export interface DocumentWrite {
  /** The id key of the document. */
  readonly id: string
  /** The document before; null: there is none. */
  readonly before: object | null
  /** The document afterwards; null: it is deleted. */
  readonly after: object | null
}

/**
 * Adds what a write changes in some indexes, and tells `onKeys` the new keys of each. Returns the outcome of a write that
 * an index refuses; then the changes must not be applied.
 */
export function addWrite(
  changes: EntryChanges,
  indexes: readonly CompiledIndex[],
  { id, before, after }: DocumentWrite,
  onKeys: (index: CompiledIndex, keys: DocumentKeys) => void,
): Refusal | null {
  for (const index of indexes) {
    const old = before === null ? null : index.keysOrNull(before)
    const next = after === null ? null : index.keysOrNull(after)
    // A document that could not be indexed before may still be edited elsewhere.
    if (after !== null && next === null && (before === null || old !== null)) {
      return parallelArraysOf(index.definition)
    }
    if (!changes.add(index, id, old, next)) return duplicateOf(index.definition)
    if (next !== null) onKeys(index, next)
  }
  return null
}
