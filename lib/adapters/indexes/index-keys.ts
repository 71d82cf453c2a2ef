// An index as memory and LMDB keep it: which documents it has, and under which keys. The key of an entry has the keys
// of the values, each inverted where the field is descending, and that of the id in the direction of the last field,
// unless `_id` is a field of the index. So the entries of equal values are ordered by id.
import { CowslipError } from '../../document/messages/errors.ts'
import type { NamedIndex } from '../contract-queries.ts'
import { compileFilter } from '../query/filter.ts'
import { MISSING } from '../query/kinds.ts'
import { matchesAt } from '../query/match-path.ts'
import { collectSortKeys } from '../query/sort.ts'
import { encodeValueKey, invertKey } from './value-key.ts'

/** A field of an index. */
export interface IndexField {
  readonly name: string
  readonly path: readonly string[]
  readonly direction: 1 | -1
}

/** The keys of one document in an index. */
export interface DocumentKeys {
  /** The keys of its values, each once. */
  readonly values: readonly string[]
  /** The key of its id, which follows those of its values. */
  readonly id: string
  /** The fields that are arrays or lie below one, as bits. */
  readonly arrays: number
  /** Whether a key was cut, so that it has lost its place in the order. */
  readonly isCut?: boolean
}

/** Returns a key as it stands in an index of this direction. */
export const inDirection = (key: string, direction: 1 | -1): string =>
  direction === 1 ? key : invertKey(key)

/** An index whose keys can be calculated. */
export class CompiledIndex {
  readonly definition: NamedIndex
  readonly fields: readonly IndexField[]
  /** The top-level fields on which its entries depend. */
  readonly dependsOn: ReadonlySet<string>
  private readonly matches: (document: object) => boolean

  constructor(definition: NamedIndex) {
    this.definition = definition
    this.fields = Object.entries(definition.fields).map(([name, direction]) => ({
      name,
      path: name.split('.'),
      direction,
    }))
    const { where } = definition
    this.matches = where === undefined ? () => true : compileFilter(where)
    this.dependsOn = new Set([
      ...this.fields.map(({ path }) => path[0] as string),
      ...topLevelNames(where ?? {}),
    ])
  }

  /** The direction in which the ids of equal values stand; null: `_id` is a field of the index. */
  get idDirection(): 1 | -1 | null {
    if (this.fields.some(({ name }) => name === '_id')) return null
    return this.fields.at(-1)?.direction ?? 1
  }

  /**
   * Returns the keys of a document. None: it is not in the index. Throws `unsupported-query` for a document with
   * arrays in two fields that are not below the same one.
   */
  keysOf(document: object): DocumentKeys {
    const { fields, idDirection } = this
    if (!this.includes(document)) return { values: [], id: '', arrays: 0 }
    const arrays = fields.reduce(
      (bits, { path }, i) => (passesArray(document, path) ? bits | (1 << i) : bits),
      0,
    )
    const keys = collectSortKeys(document, fields).map(values =>
      values.map((value, i) => {
        const { direction } = fields[i] as IndexField
        return inDirection(encodeValueKey(value), direction)
      }),
    )
    const id = (document as { _id?: unknown })._id
    return {
      values: [...new Set(keys.map(parts => parts.join('')))],
      id: idDirection === null ? '' : inDirection(encodeValueKey(id), idDirection),
      arrays,
    }
  }

  /** Returns the keys of a document; null: it has arrays in two fields, and so no keys. */
  keysOrNull(document: object): DocumentKeys | null {
    try {
      return this.keysOf(document)
    } catch (error) {
      if (error instanceof CowslipError && error.code === 'unsupported-query') return null
      throw error
    }
  }

  private includes(document: object): boolean {
    if (this.definition.sparse === true) {
      const exists = (found: unknown): boolean => found !== MISSING
      if (!this.fields.some(({ path }) => matchesAt(document, path, 0, exists, false))) return false
    }
    return this.matches(document)
  }
}

function topLevelNames(filter: object): string[] {
  return Object.entries(filter).flatMap(([key, condition]) =>
    key === '$and' ? (condition as object[]).flatMap(topLevelNames) : (key.split('.')[0] as string),
  )
}

/** Whether a path leads to or through an array. */
function passesArray(document: object, path: readonly string[]): boolean {
  let value: unknown = document
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false
    value = (value as Record<string, unknown>)[name]
    if (Array.isArray(value)) return true
  }
  return false
}
