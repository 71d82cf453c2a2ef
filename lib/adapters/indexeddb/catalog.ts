// The indexes of a collection in IndexedDB. Every transaction reads them, so all tabs keep the same ones, whatever their
// own collections ask for. They are made and dropped in one transaction, during which no other tab writes.
//
//   about: 'indexes <collection>' -> a text of [{ tag, arrays, definition, problem }]
import { decodeValue, encodeValue } from '../../changes/encodings/json-values.ts'
import { randomId } from '../../changes/random-id.ts'
import type { NamedIndex, SyncedIndexes, SyncIndexesOptions } from '../contract-queries.ts'
import type { DocumentCodec } from '../encoding/document-codec.ts'
import { CompiledIndex } from '../indexes/index-keys.ts'
import { indexProblemError, type IndexProblem } from '../indexes/index-problem.ts'
import { compareIndexes, namesOf } from '../indexes/parse-indexes.ts'
import type { UsableIndex } from '../indexes/plan.ts'
import { idKey } from '../ids.ts'
import { done, type Access } from './database.ts'
import { rangeOf, readItems } from './keys.ts'

/** An index as it is stored. */
export interface StoredIndex extends UsableIndex {
  /** The owner of its entries. */
  readonly tag: string
  readonly problem: IndexProblem | null
}

/** The number of documents that are read at once. */
const PORTION = 500

const nameOf = (collection: string): string => `indexes ${collection}`

const createIndex = (
  definition: NamedIndex,
  tag: string,
  arrays: number,
  problem: IndexProblem | null,
): StoredIndex => ({
  index: new CompiledIndex(definition),
  tag,
  arrays,
  isExact: true,
  isUnique: definition.unique === true && problem === null,
  problem,
})

/** Reads and writes the indexes of one collection. */
export class Catalog {
  private readonly collection: string
  private readonly codec: DocumentCodec
  /** The indexes that the collection asks for. */
  private readonly definitions: readonly NamedIndex[]
  /** The id of the database that has them, or had them once: other tabs may have dropped some. */
  private madeIn: string | null = null
  /** The names of indexes that were made here since they were last brought into line. */
  private readonly fresh = new Set<string>()
  private known: { readonly text: string | undefined; readonly indexes: readonly StoredIndex[] } = {
    text: undefined,
    indexes: [],
  }

  constructor(collection: string, codec: DocumentCodec, definitions: readonly NamedIndex[]) {
    this.collection = collection
    this.codec = codec
    this.definitions = definitions
  }

  /** Reads the indexes in the transaction under way. */
  async read({ store }: Access): Promise<readonly StoredIndex[]> {
    const request = store('about').get(nameOf(this.collection)) as IDBRequest<string | undefined>
    const text = await done(request)
    if (text !== this.known.text) this.known = { text, indexes: this.parse(text) }
    return this.known.indexes
  }

  /** Writes the indexes in the transaction under way. */
  write({ store }: Access, indexes: readonly StoredIndex[]): void {
    store('about').put(this.format(indexes), nameOf(this.collection))
  }

  private parse(text = '[]'): StoredIndex[] {
    const stored = JSON.parse(text) as [unknown, string, number, unknown][]
    const { leaves } = this.codec
    return stored.map(([definition, tag, arrays, problem]) =>
      createIndex(
        decodeValue(definition, leaves) as NamedIndex,
        tag,
        arrays,
        decodeValue(problem, leaves) as IndexProblem | null,
      ),
    )
  }

  private format(indexes: readonly StoredIndex[]): string {
    const { leaves } = this.codec
    const stored = indexes.map(({ index, tag, arrays, problem }) => [
      encodeValue(index.definition, leaves, []),
      tag,
      arrays,
      encodeValue(problem, leaves, []),
    ])
    return JSON.stringify(stored)
  }

  /** Reads the indexes, with those that have to be made first: the database has not had them yet. */
  async look(
    access: Access,
  ): Promise<{ readonly stored: readonly StoredIndex[]; readonly lacking: readonly NamedIndex[] }> {
    const { definitions } = this
    const [stored, id] = await Promise.all([
      this.read(access),
      done(access.store('about').get('id') as IDBRequest<string>),
    ])
    if (this.madeIn === id) return { stored, lacking: [] }
    const names = new Set(stored.map(({ index }) => index.definition.name))
    const lacking = definitions.filter(({ name }) => !names.has(name))
    // A database that is deleted comes back with another id.
    if (lacking.length === 0) this.madeIn = id
    return { stored, lacking }
  }

  /** Reads the indexes, and makes those that the database has not had yet, in a transaction that writes. */
  async ensure(access: Access): Promise<readonly StoredIndex[]> {
    const { stored, lacking } = await this.look(access)
    if (lacking.length === 0) return stored
    for (const { name } of lacking) this.fresh.add(name)
    const indexes = [...stored, ...(await this.build(access, lacking))]
    this.write(access, indexes)
    return indexes
  }

  /** Makes and drops indexes until there are these alone. Throws `duplicate` and `rejected` after it has. */
  async sync(
    access: Access,
    definitions: readonly NamedIndex[],
    onProgress: SyncIndexesOptions['onProgress'],
  ): Promise<{ readonly names: SyncedIndexes; readonly problem: Error | null }> {
    const stored = await this.read(access)
    const difference = compareIndexes(
      stored.map(({ index }) => index.definition),
      definitions,
      this.fresh,
    )
    // A problem may have been solved meanwhile: then the index is made anew.
    const isOver = ({ index, problem }: StoredIndex): boolean =>
      problem !== null || difference.dropped.includes(index.definition)
    for (const { tag } of stored.filter(isOver)) {
      access.store('entries').delete(rangeOf(tag, '', null) as IDBKeyRange)
    }
    const kept = stored.filter(index => !isOver(index))
    const names = new Set(kept.map(({ index }) => index.definition.name))
    const made = definitions.filter(({ name }) => !names.has(name))
    const indexes = [...kept, ...(await this.build(access, made, onProgress))]
    this.write(access, indexes)
    this.fresh.clear()
    const bad = indexes.find(({ problem }) => problem !== null)
    const problem =
      bad === undefined || bad.problem === null
        ? null
        : indexProblemError(this.collection, bad.index.definition, bad.problem)
    return { names: namesOf(difference), problem }
  }

  /** Makes indexes of all documents. O(documents). */
  private async build(
    access: Access,
    definitions: readonly NamedIndex[],
    onProgress?: SyncIndexesOptions['onProgress'],
  ): Promise<StoredIndex[]> {
    const building = definitions.map(definition => new Building(definition))
    if (building.length === 0) return []
    const documents = access.store('documents')
    const everything = rangeOf(this.collection, '', null) as IDBKeyRange
    const total = onProgress === undefined ? 0 : await done(documents.count(everything))
    let read = 0
    for (let range: IDBKeyRange | null = everything; range !== null;) {
      const { places, texts } = await readItems(documents, range, false, PORTION)
      for (const text of texts) {
        const { doc } = this.codec.decode(text)
        for (const each of building) each.include(access, doc)
      }
      read += texts.length
      for (const { definition } of building) {
        onProgress?.({ index: definition.name, done: read, total })
      }
      const last = places.length < PORTION ? undefined : places.at(-1)
      range = last === undefined ? null : rangeOf(this.collection, last, null, { isAfter: true })
    }
    return building.map(each => each.end())
  }
}

/** An index that is being made. */
class Building {
  readonly definition: NamedIndex
  private readonly index: CompiledIndex
  private readonly tag = randomId()
  private readonly owners = new Map<string, unknown>()
  private arrays = 0
  private problem: IndexProblem | null = null

  constructor(definition: NamedIndex) {
    this.definition = definition
    this.index = new CompiledIndex(definition)
  }

  include({ store }: Access, doc: object): void {
    const { _id: id } = doc as { readonly _id?: unknown }
    const keys = this.index.keysOrNull(doc)
    if (keys === null) {
      this.problem = { kind: 'arrays', ids: [id] }
      return
    }
    this.arrays |= keys.arrays
    for (const values of keys.values) {
      if (this.definition.unique === true) {
        if (this.owners.has(values)) {
          this.problem ??= { kind: 'twins', ids: [this.owners.get(values), id] }
        }
        this.owners.set(values, id)
      }
      store('entries').put(idKey(id), [this.tag, values + keys.id])
    }
  }

  end(): StoredIndex {
    return createIndex(this.definition, this.tag, this.arrays, this.problem)
  }
}
