// The catalog of indexes in an LMDB store, one text for each collection. Every writer reads it within its transaction,
// so all processes keep the same indexes, whatever their own collections ask for.
//
//   ['', 'indexes <collection>'] -> { indexes: [...], dropping: [tags] }
import { decodeValue, encodeValue } from '../../../changes/encodings/json-values.ts'
import { randomId } from '../../../changes/random-id.ts'
import type { NamedIndex } from '../../contract-queries.ts'
import type { DocumentKeys } from '../../indexes/index-keys.ts'
import type { IndexProblem } from '../../indexes/index-problem.ts'
import type { UsableIndex } from '../../indexes/plan.ts'
import type { DocumentCodec } from '../../encoding/document-codec.ts'
import { putQuietly, type Database, type Key } from '../layout.ts'
import { BoundedIndex } from './bounded-index.ts'

/** An index as the catalog knows it. */
export interface StoredIndex extends UsableIndex {
  readonly index: BoundedIndex
  /** The beginning of the keys of its entries. */
  readonly tag: string
  /** The id key of the last document that is indexed; null: all are. */
  readonly built: string | null
  readonly problem: IndexProblem | null
}

/** The indexes of one collection. */
export interface Catalog {
  readonly indexes: readonly StoredIndex[]
  /** The tags of indexes whose entries are being removed. */
  readonly dropping: readonly string[]
}

const EMPTY: Catalog = { indexes: [], dropping: [] }

/** Returns an index of which nothing is built yet. */
export const createStoredIndex = (definition: NamedIndex): StoredIndex => ({
  index: new BoundedIndex(definition),
  tag: randomId().slice(0, 8),
  arrays: 0,
  isExact: true,
  isUnique: definition.unique === true,
  built: '',
  problem: null,
})

const isUnique = ({ unique }: NamedIndex, problem: IndexProblem | null): boolean =>
  unique === true && problem === null

/** Returns an index that knows of the keys of one more document; the same one, if it learns nothing. */
export function withKeys(stored: StoredIndex, { arrays, isCut }: DocumentKeys): StoredIndex {
  const isExact = stored.isExact && isCut !== true
  if ((stored.arrays | arrays) === stored.arrays && isExact === stored.isExact) return stored
  return { ...stored, arrays: stored.arrays | arrays, isExact }
}

/** The catalogs of a store, by collection. */
export class Catalogs {
  private database: Database
  /** The catalogs as they were read last, with their texts. */
  private readonly known = new Map<string, { readonly text: string; readonly catalog: Catalog }>()

  constructor(database: Database) {
    this.database = database
  }

  /** Goes on with another database. */
  use(database: Database): void {
    this.database = database
  }

  /** Reads the catalog of a collection, within the transaction under way, if there is one. */
  read(collection: string, codec: DocumentCodec): Catalog {
    const text = this.database.get(keyOf(collection))
    if (text === undefined) return EMPTY
    const known = this.known.get(collection)
    if (known?.text === text) return known.catalog
    const catalog = parse(text, codec)
    this.known.set(collection, { text, catalog })
    return catalog
  }

  /** Writes a catalog in the transaction under way. */
  write(collection: string, catalog: Catalog, codec: DocumentCodec): void {
    const text = format(catalog, codec)
    putQuietly(this.database, keyOf(collection), text)
    this.known.set(collection, { text, catalog })
  }
}

const keyOf = (collection: string): Key => ['', `indexes ${collection}`]

function format({ indexes, dropping }: Catalog, { leaves }: DocumentCodec): string {
  const stored = indexes.map(({ index, problem, isUnique: _, ...rest }) => ({
    ...rest,
    definition: encodeValue(index.definition, leaves, []),
    problem: encodeValue(problem, leaves, []),
  }))
  return JSON.stringify({ indexes: stored, dropping })
}

interface Stored extends Omit<StoredIndex, 'index' | 'isUnique'> {
  readonly definition: unknown
}

function parse(text: string, { leaves }: DocumentCodec): Catalog {
  const { indexes, dropping } = JSON.parse(text) as { indexes: Stored[]; dropping: string[] }
  return {
    indexes: indexes.map(({ definition, problem: text, ...rest }) => {
      const index = new BoundedIndex(decodeValue(definition, leaves) as NamedIndex)
      const problem = decodeValue(text, leaves) as IndexProblem | null
      return { ...rest, index, problem, isUnique: isUnique(index.definition, problem) }
    }),
    dropping,
  }
}
