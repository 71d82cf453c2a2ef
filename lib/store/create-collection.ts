import type { Query } from '../adapters/contract.ts'
import { idKey } from '../adapters/ids.ts'
import type { ChangeSet } from '../changes/change-set.ts'
import { partsOf } from '../changes/change-set.ts'
import { isPlainObject } from '../document/containers.ts'
import { badArgument } from '../document/errors.ts'
import { leavesOf, defaultLeaves } from '../document/leaves.ts'
import { randomId } from '../document/random-id.ts'
import { DOCUMENT_EVENTS, Hub } from '../events/hub.ts'
import { bindLazily } from './bind-lazily.ts'
import type {
  Collection,
  CollectionOptions,
  Cursor,
  DocumentEditOptions,
  DocumentStore,
  NewEntity,
} from './collection-types.ts'
import { Core } from './core.ts'
import { LiveDocument } from './live-document.ts'
import { checkOptions, checkTimeout, comparingBy } from './options.ts'
import { attempt, refusal, storageError } from './outcome.ts'
import { Shelf } from './shelf.ts'
import { checkSchema } from './validate.ts'

/**
 * A collection of documents behind an adapter. Opening one reads nothing. Throws `bad-argument` for
 * a name or options of another shape.
 *
 * @example
 * import { createCollection } from 'cowslip'
 * import { memoryAdapter } from 'cowslip/memory'
 * const people = createCollection<{ _id: string; name: string; tags: string[] }>('people', {
 *   adapter: memoryAdapter(),
 * })
 * const grace = await people.insert({ _id: 'grace', name: 'Grace', tags: [] })
 * await grace.edit(draft => { draft.tags.push('navy') })
 * const found = await people.get('grace')
 * found === grace // true
 * grace.state.tags // ['navy']
 * grace.version // 2
 */
export function createCollection<T extends object>(
  name: string,
  options: CollectionOptions,
): Collection<T> {
  if (typeof name !== 'string' || name === '' || name.includes('\0')) {
    throw badArgument('name', 'a text that is not empty', name)
  }
  checkOptions(options)
  const { adapter, schema, leaves = [], timeoutMS } = options
  if (typeof adapter?.commit !== 'function' || typeof adapter.load !== 'function') {
    throw badArgument('options.adapter', 'an adapter', adapter)
  }
  checkSchema(schema)
  checkTimeout(timeoutMS)
  const known = leaves.length === 0 ? defaultLeaves : leavesOf(leaves)
  const { maxDepth } = adapter.capabilities ?? {}
  const rules = { leaves: known, inMemory: false, maxDepth, ...comparingBy(options) }
  adapter.open?.(name, { leaves })
  return new LiveCollection<T>(new Shelf(name, adapter, rules, schema, timeoutMS ?? 30_000))
}

class LiveCollection<T extends object> implements Collection<T> {
  static {
    bindLazily(this.prototype, [
      'insert',
      'get',
      'find',
      'findOne',
      'count',
      'wrap',
      'delete',
      'explain',
      'close',
    ])
  }

  private readonly shelf: Shelf<T, LiveDocument<T>>
  /** Whose change sets carry which token. */
  private readonly byToken = new WeakMap<object, WeakRef<LiveDocument<T>>>()

  constructor(shelf: Shelf<T, LiveDocument<T>>) {
    this.shelf = shelf
  }

  get name(): string {
    return this.shelf.collection
  }

  async insert(entity: NewEntity<T>, options: DocumentEditOptions = {}): Promise<DocumentStore<T>> {
    const document = this.wrap(entity)
    await document.commit(options)
    return document
  }

  async get(id: unknown): Promise<DocumentStore<T> | null> {
    this.shelf.assertOpen()
    idKey(id)
    const stored = await this.shelf.load(id)
    if (stored !== null) return this.liveOf(stored)
    this.shelf.find(id)?.gone()
    return null
  }

  find(filter: Query['filter'] = {}, options: Omit<Query, 'filter'> = {}): Cursor<T> {
    this.shelf.assertOpen()
    checkOptions(options)
    const query: Query = { ...options, filter }
    const iterate = (): AsyncGenerator<DocumentStore<T>> => this.iterate(query)
    return {
      [Symbol.asyncIterator]: iterate,
      async toArray() {
        const documents: DocumentStore<T>[] = []
        for await (const document of iterate()) documents.push(document)
        return documents
      },
    }
  }

  async findOne(
    filter: Query['filter'] = {},
    options: Pick<Query, 'sort' | 'skip'> = {},
  ): Promise<DocumentStore<T> | null> {
    const [document] = await this.find(filter, { ...options, limit: 1 }).toArray()
    return document ?? null
  }

  async count(filter: Query['filter'] = {}): Promise<number> {
    this.shelf.assertOpen()
    let count = 0
    for await (const _ of this.shelf.adapter.find(this.name, { filter })) count++
    return count
  }

  wrap(entity: NewEntity<T>): DocumentStore<T> {
    this.shelf.assertOpen()
    if (typeof entity !== 'object' || entity === null || !isPlainObject(entity)) {
      throw badArgument('entity', 'a plain object', entity)
    }
    const { adapter } = this.shelf
    const id = entity._id ?? adapter.makeId?.() ?? randomId()
    idKey(id)
    for (const key of adapter.reserved ?? []) {
      if (Object.hasOwn(entity, key)) throw badArgument(`entity.${key}`, 'nothing', entity)
    }
    const { _id: _, ...fields } = entity
    return this.make(this.shelf.ingest({ _id: id, ...fields }), id, null)
  }

  async delete(id: unknown): Promise<boolean> {
    this.shelf.assertOpen()
    idKey(id)
    const live = this.shelf.find(id)
    if (live !== undefined) return live.delete()
    const commit = { kind: 'delete', collection: this.name, id, commitId: randomId() } as const
    const result = await attempt(this.shelf.adapter, { ...commit, guard: 'none' })
    if (result.status === 'rejected' || result.status === 'unknown') {
      throw refusal({ collection: this.name, id }, result)
    }
    return result.status === 'committed'
  }

  explain(change: ChangeSet): unknown {
    const { source } = partsOf(change)
    const document = source && this.byToken.get(source)?.deref()
    if (!document) {
      throw badArgument('change', 'a change set of a live document of this collection', change)
    }
    const commit = document.explain(change)
    return this.shelf.adapter.explain?.(commit) ?? commit
  }

  async close(): Promise<void> {
    await Promise.all(this.shelf.inUse().map(document => document.settled()))
    this.shelf.close()
  }

  private async *iterate(query: Query): AsyncGenerator<DocumentStore<T>> {
    this.shelf.assertOpen()
    try {
      for await (const stored of this.shelf.adapter.find(this.name, query)) {
        yield this.liveOf(stored)
      }
    } catch (error) {
      throw storageError(error)
    }
  }

  /** The live document of what was read, moved on if it is behind. */
  private liveOf(stored: {
    doc: object
    version: number
    commitId: string | null
  }): LiveDocument<T> {
    const { _id: id } = stored.doc as { _id: unknown }
    const live = this.shelf.find(id)
    if (live !== undefined) {
      live.absorb(stored)
      return live
    }
    const document = this.make(this.shelf.ingest(stored.doc, true), id, stored)
    this.shelf.put(document)
    return document
  }

  private make(
    state: ReturnType<Shelf<T>['ingest']>,
    id: unknown,
    stored: { version: number; commitId: string | null } | null,
  ): LiveDocument<T> {
    const core = new Core<T>(state, this.shelf.rules, new Hub<T>(DOCUMENT_EVENTS))
    const document = new LiveDocument<T>(core, this.shelf, id, stored)
    this.byToken.set(core.token, new WeakRef(document))
    return document
  }
}
