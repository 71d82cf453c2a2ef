// Random documents, indexes and queries of many shapes: arrays only below `a`, so that every index can hold them.
import type { IndexDefinition, Query } from 'cowslip/adapter-contract'
import { Random } from '../properties/random.ts'
import { VALUES } from './documents.ts'
import { RandomQuery } from './random-query.ts'

const ARRAYS = ['a', 'a.b', 'a.x', 'a.c']
const OTHERS = ['b', 'n', 't', 's.x', 's.y', '_id']
const TEXTS = ['', 'a', 'ab', 'abc', 'b', 'B', 'ä', 'a\0', '\u{1f33c}']

/** Documents, indexes and queries by seed. */
export class RandomCollection {
  private readonly random: Random
  private readonly queries: RandomQuery

  constructor(seed: number) {
    this.random = new Random(seed)
    this.queries = new RandomQuery(seed)
  }

  documents(count: number): { readonly _id: number; readonly [field: string]: unknown }[] {
    return Array.from({ length: count }, (_, i) => this.document(i))
  }

  /** Returns a document of any shape. */
  document(id: number): { readonly _id: number; readonly [field: string]: unknown } {
    const { random } = this
    const maybe = (fields: object): object => (random.chance(0.75) ? fields : {})
    return {
      _id: id,
      ...maybe({ a: this.valueOfA() }),
      ...maybe({ b: this.scalar() }),
      ...maybe({ n: random.below(10) }),
      ...maybe({ t: random.pick(TEXTS) }),
      ...maybe({ s: { ...maybe({ x: random.below(4) }), ...maybe({ y: this.scalar() }) } }),
    }
  }

  private scalar(): unknown {
    const value = this.random.pick(VALUES)
    return Array.isArray(value) ? null : value
  }

  private valueOfA(): unknown {
    const { random } = this
    const element = (): object => ({
      ...(random.chance(0.7) && { b: random.pick(VALUES) }),
      ...(random.chance(0.7) && { c: this.scalar() }),
      ...(random.chance(0.4) && { x: random.below(3) }),
    })
    return random.pick<() => unknown>([
      () => random.pick(VALUES),
      () => random.below(5),
      () => Array.from({ length: random.below(4) }, () => random.below(6)),
      () => Array.from({ length: random.below(3) }, () => random.pick(VALUES)),
      element,
      () => Array.from({ length: random.below(4) }, element),
    ])()
  }

  /** Returns definitions with different names. */
  indexes(): IndexDefinition[] {
    const { random } = this
    const found = new Map<string, IndexDefinition>()
    for (let i = 1 + random.below(4); i > 0; i--) {
      const fields: Record<string, 1 | -1> = {}
      for (let count = 1 + random.below(3); count > 0; count--) {
        fields[this.path()] = random.pick([1, -1])
      }
      if (Object.keys(fields).join() === '_id') continue
      const kind = random.below(10)
      const where = random.pick<object>([
        { n: { $gt: 4 } },
        { n: { $exists: true } },
        { t: 'a' },
        { b: { $exists: true }, n: { $lte: 5 } },
      ])
      found.set(JSON.stringify(fields), {
        fields,
        ...(kind === 0 && { sparse: true }),
        ...(kind === 1 && { where: where as NonNullable<IndexDefinition['where']> }),
      })
    }
    return [...found.values()]
  }

  private path(): string {
    return this.random.pick(this.random.chance(0.5) ? ARRAYS : OTHERS)
  }

  /** Returns a query of which most conditions, and half of the sorts, are what one of the indexes may answer. */
  query(indexes: readonly IndexDefinition[]): Query {
    const { random } = this
    const filter: Record<string, unknown> = random.chance(0.2) ? this.queries.filter() : {}
    const index = indexes.length > 0 && random.chance(0.6) ? random.pick(indexes) : null
    const points = index === null ? 0 : random.below(Object.keys(index.fields).length)
    for (const path of Object.keys(index?.fields ?? {}).slice(0, points)) {
      filter[path] = random.below(6)
    }
    for (let i = random.below(3); i > 0; i--) {
      const path = this.path()
      filter[path] = path === '_id' ? { $gte: random.below(100) } : this.condition(path)
    }
    const sort = random.chance(0.5) && index !== null ? this.sortBy(index, points) : this.sort()
    if (sort === null) return { filter }
    return {
      filter,
      sort,
      ...(random.chance(0.3) && { limit: 1 + random.below(30) }),
      ...(random.chance(0.1) && { skip: random.below(10) }),
    }
  }

  private sort(): NonNullable<Query['sort']> | null {
    const { random } = this
    const sort: Record<string, 1 | -1> = {}
    for (let i = random.below(3); i > 0; i--) sort[this.path()] = random.pick([1, -1])
    return Object.keys(sort).length === 0
      ? null
      : { ...sort, ...(!('_id' in sort) && { _id: random.pick([1, -1]) }) }
  }

  /** Returns the order of an index behind its first fields, or the opposite one. */
  private sortBy(index: IndexDefinition, points: number): NonNullable<Query['sort']> {
    const { random } = this
    const walk = random.pick([1, -1] as const)
    const fields = Object.entries(index.fields).slice(points)
    const sort = Object.fromEntries(fields.map(([path, own]) => [path, (own * walk) as 1 | -1]))
    const last = (fields.at(-1)?.[1] ?? 1) * walk
    return '_id' in sort ? sort : { ...sort, _id: random.chance(0.9) ? (last as 1 | -1) : 1 }
  }

  private condition(path: string): unknown {
    const { random } = this
    const value = (): unknown => {
      if (random.chance(0.3)) return random.pick(VALUES)
      return path === 't' ? random.pick(TEXTS) : random.below(8)
    }
    return random.pick<() => unknown>([
      value,
      value,
      () => ({ $in: [value(), value(), value()] }),
      () => ({ [random.pick(['$gt', '$gte', '$lt', '$lte'])]: value() }),
      () => ({ $gte: random.below(5), $lt: random.below(9) }),
      () => ({ $exists: random.chance(0.7) }),
      () => ({ $all: [value()] }),
      () => ({ $elemMatch: { $gte: random.below(5), $lt: random.below(9) } }),
      () => random.pick([/^a/, /^ab?/, /^[ab]/, /^a|b/, /^a/i, { $regex: '^ab' }]),
      () => ({ $ne: value() }),
    ])()
  }
}
