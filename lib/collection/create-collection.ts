import type { Query } from '../adapters/contract.ts'
import { idKey } from '../adapters/ids.ts'
import type { ChangeSet } from '../changes/change-set.ts'
import { partsOf } from '../changes/change-set.ts'
import { isPlainObject } from '../document/containers.ts'
import { badArgument } from '../document/messages/errors.ts'
import { showBy } from '../document/messages/inspect.ts'
import { checkKnown } from '../document/messages/check-options.ts'
import { leavesOf, defaultLeaves } from '../document/leaves/leaves.ts'
import { randomId } from '../changes/random-id.ts'
import { bindLazily } from '../store/bind-lazily.ts'
import type {
  CallLimits,
  Collection,
  CollectionOptions,
  Cursor,
  DocumentEditOptions,
  DocumentStore,
  FindOptions,
  NewEntity,
} from './collection-types.ts'
import { Core } from '../store/store-state.ts'
import { Deadline } from './calls/deadline.ts'
import { LiveDocument } from './live-document.ts'
import { comparingBy } from '../store/options.ts'
import { checkFilter, checkFindOptions, checkLimits, checkTimeout } from './options.ts'
import { attempt, refusal, storageError } from './calls/outcome.ts'
import { Reader } from './reader.ts'
import type { InferInput, InferOutput, StandardSchema } from './schema/schema-types.ts'
import { Shelf } from './identity-map.ts'
import { checkSchema } from './schema/validate.ts'

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
export function createCollection<S extends StandardSchema<any, object>>(
  name: string,
  options: CollectionOptions & { readonly schema: S },
): Collection<InferOutput<S> & object, InferInput<S>>
export function createCollection<T extends object>(
  name: string,
  options: CollectionOptions,
): Collection<T>
export function createCollection<T extends object>(
  name: string,
  options: CollectionOptions,
): Collection<T> {
  if (typeof name !== 'string' || name === '' || name.includes('\0')) {
    throw badArgument('name', 'a text that is not empty', name)
  }
  checkKnown(options, ['adapter', 'schema', 'leaves', 'keyed', 'atomic', 'timeoutMS'])
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
  const shelf = new Shelf<T, LiveDocument<T>>(name, adapter, rules, schema, timeoutMS ?? 30_000)
  return new LiveCollection<T>(shelf)
}

class LiveCollection<T extends object> implements Collection<T> {
  static {
    showBy('Collection', this.prototype, ({ name }) => ({ name }))
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

  private readonly reader: Reader<T>

  constructor(shelf: Shelf<T, LiveDocument<T>>) {
    this.shelf = shelf
    this.reader = new Reader(shelf, stored => {
      const { _id: id } = stored.doc as { _id: unknown }
      return this.make(shelf.ingestRead(stored.doc), id, stored)
    })
  }

  get name(): string {
    return this.shelf.collection
  }

  async insert(entity: NewEntity<T>, options: DocumentEditOptions = {}): Promise<DocumentStore<T>> {
    const document = this.wrap(entity)
    await document.commit(options)
    return document
  }

  async get(id: unknown, options: CallLimits = {}): Promise<DocumentStore<T> | null> {
    this.shelf.assertOpen()
    idKey(id)
    const deadline = this.deadline(options, id)
    return deadline.race(this.reader.get(id, deadline))
  }

  find(filter: Query['filter'] = {}, options: FindOptions = {}): Cursor<T> {
    this.shelf.assertOpen()
    checkFilter(filter)
    checkFindOptions(options)
    const { signal, timeoutMS, ...rest } = options
    const query: Query = { ...rest, filter }
    const limits: CallLimits = {
      ...(signal !== undefined && { signal }),
      ...(timeoutMS !== undefined && { timeoutMS }),
    }
    const cursor = <V>(read: (deadline: Deadline) => AsyncGenerator<V>): Listed<V> => ({
      [Symbol.asyncIterator]: () => this.iterate(read, limits),
      toArray: async (own = {}) => {
        const deadline = this.deadline({ ...limits, ...own })
        return deadline.race(all(read(deadline)))
      },
    })
    return {
      ...cursor(deadline => this.reader.find(query, deadline)),
      states: () => cursor(deadline => this.reader.states(query, deadline)),
    }
  }

  async findOne(
    filter: Query['filter'] = {},
    options: Omit<FindOptions, 'limit'> = {},
  ): Promise<DocumentStore<T> | null> {
    checkFindOptions(options)
    const [document] = await this.find(filter, { ...options, limit: 1 }).toArray()
    return document ?? null
  }

  async count(filter: Query['filter'] = {}, options: CallLimits = {}): Promise<number> {
    this.shelf.assertOpen()
    checkFilter(filter)
    const deadline = this.deadline(options)
    const { adapter } = this.shelf
    const limits = { timeoutMS: deadline.left }
    const counting =
      adapter.count?.(this.name, filter, limits) ??
      all(adapter.find(this.name, { filter }, limits)).then(({ length }) => length)
    return deadline.race(
      counting.catch(error => {
        throw storageError(error)
      }),
    )
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

  async delete(id: unknown, options: CallLimits = {}): Promise<boolean> {
    this.shelf.assertOpen()
    const key = idKey(id)
    const live = this.shelf.find(key)
    if (live !== undefined) {
      if (await live.delete(options)) return true
      // Another one may have come in its place.
      return this.shelf.find(key) === live ? false : this.delete(id, options)
    }
    const deadline = this.deadline(options, id)
    return deadline.race(this.remove(id, deadline))
  }

  /** Deletes a document that nobody holds. */
  private remove(id: unknown, deadline: Deadline): Promise<boolean> {
    const key = idKey(id)
    const { shelf, name: collection } = this
    return shelf.turns.run(key, async () => {
      const commit = {
        kind: 'delete',
        collection,
        id,
        commitId: randomId(),
        guard: 'none',
      } as const
      deadline.check()
      deadline.sends({ collection, id }, commit.commitId)
      const result = await attempt(shelf.adapter, commit, { timeoutMS: deadline.left })
      shelf.recency.learn(key)
      // Somebody may have read it meanwhile.
      if (result.status === 'committed' || result.status === 'missing') shelf.find(key)?.gone()
      if (result.status === 'rejected' || result.status === 'unknown') {
        throw refusal({ collection, id }, result)
      }
      return result.status === 'committed'
    })
  }

  explain(change: ChangeSet): unknown {
    const { source } = partsOf(change)
    const document = this.shelf.all().find(live => live.made(source))
    if (document === undefined) {
      throw badArgument('change', 'a change set of a live document of this collection', change)
    }
    const commit = document.explain(change)
    return this.shelf.adapter.explain?.(commit) ?? commit
  }

  async close(options: CallLimits = {}): Promise<void> {
    const deadline = this.deadline(options)
    const waiting = this.shelf.inUse().map(document => document.settled({ timeoutMS: Infinity }))
    try {
      await deadline.race(Promise.all(waiting))
    } finally {
      this.shelf.close()
    }
  }

  /** Each step of the loop has the whole time. */
  private async *iterate<V>(
    read: (deadline: Deadline) => AsyncGenerator<V>,
    limits: CallLimits,
  ): AsyncGenerator<V> {
    const found = read(this.deadline(limits))
    try {
      for (;;) {
        const step = await this.deadline(limits).race(found.next())
        if (step.done === true) return
        yield step.value
      }
    } finally {
      // It ends when what it waits for has come.
      found.return(undefined).catch(() => {})
    }
  }

  private deadline(options: CallLimits, id?: unknown): Deadline {
    checkLimits(options)
    const { timeoutMS = this.shelf.timeoutMS, signal } = options
    const what = id === undefined ? `documents of "${this.name}"` : { collection: this.name, id }
    return new Deadline(timeoutMS, signal, what)
  }

  private make(
    state: ReturnType<Shelf<T>['ingest']>,
    id: unknown,
    stored: { version: number; commitId: string | null } | null,
  ): LiveDocument<T> {
    return new LiveDocument<T>(new Core<T>(state, this.shelf.rules), this.shelf, id, stored)
  }
}

/** What a query finds, step by step or all at once. */
interface Listed<V> extends AsyncIterable<V> {
  toArray(options?: CallLimits): Promise<V[]>
}

async function all<V>(values: AsyncIterable<V>): Promise<V[]> {
  const list: V[] = []
  for await (const value of values) list.push(value)
  return list
}
