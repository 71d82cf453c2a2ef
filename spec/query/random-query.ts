import { BSONRegExp, Double, MaxKey, MinKey } from 'mongodb'
import { Random } from '../properties/random.ts'
import { VALUES } from './documents.ts'

const PATHS = [
  'a',
  'a.b',
  'a.0',
  'a.x',
  'a.b.c',
  'a.b.x',
  'a.0.b',
  'a.1',
  'b',
  'a.0.0',
  'a.c',
  'a.b.0',
  'a.1.x',
]
const PATTERNS = [
  'a',
  '^a',
  'b$',
  '^a.b$',
  '[ab]',
  'A',
  '\\d',
  '^$',
  'a|ä',
  '\\w+',
  '.',
  'e$',
  '(?=a)',
  'a{1,2}',
  '\\s',
]
const TYPES = [
  'double',
  'int',
  'long',
  'decimal',
  'number',
  'string',
  'object',
  'array',
  'null',
  'bool',
  'date',
  'regex',
  'minKey',
  1,
  16,
  2,
  -1,
  127,
  'symbol',
  'binData',
  'objectId',
  'timestamp',
  'javascript',
  'javascriptWithScope',
]

/** A random filter that both sides run; some are refused by both. */
export class RandomQuery {
  private readonly random: Random

  constructor(seed: number) {
    this.random = new Random(seed)
  }

  filter(depth = 0): Record<string, unknown> {
    const { random } = this
    const filter: Record<string, unknown> = {}
    const count =
      depth === 0 && random.chance(0.05) ? 0 : 1 + random.below(random.chance(0.3) ? 3 : 1)
    for (let i = 0; i < count; i++) {
      if (depth < 2 && random.chance(0.12)) {
        const name = random.pick(['$and', '$or', '$nor'])
        filter[name] = Array.from({ length: 1 + random.below(2) }, () => this.filter(depth + 1))
      } else if (random.chance(0.05)) filter._id = this.idCondition()
      else filter[random.pick(PATHS)] = this.condition(depth)
    }
    return filter
  }

  sort(): Record<string, 1 | -1> {
    const sort: Record<string, 1 | -1> = {}
    const count = 1 + this.random.below(2)
    for (let i = 0; i < count; i++) sort[this.random.pick(PATHS)] = this.random.pick([1, -1])
    return { ...sort, ...(!('_id' in sort) && { _id: 1 }) }
  }

  /** On the index of `_id` a symbol makes the server fail: "Cannot invert inexact bounds". */
  private idCondition(): unknown {
    const { random } = this
    return { [random.pick(['$eq', '$gt', '$lte', '$ne'])]: random.below(400) }
  }

  private value(): unknown {
    return this.random.pick(VALUES)
  }

  private condition(depth: number): unknown {
    const { random } = this
    if (random.chance(0.3)) return this.value()
    const operators: Record<string, unknown> = {}
    const count = 1 + (random.chance(0.2) ? 1 : 0)
    for (let i = 0; i < count; i++) Object.assign(operators, this.operator(depth))
    return operators
  }

  private operator(depth: number): Record<string, unknown> {
    const { random } = this
    const list = (): unknown[] => Array.from({ length: random.below(3) }, () => this.value())
    const name = random.pick([
      '$eq',
      '$ne',
      '$gt',
      '$gte',
      '$lt',
      '$lte',
      '$gt',
      '$lte',
      '$in',
      '$nin',
      '$exists',
      '$type',
      '$size',
      '$all',
      '$elemMatch',
      '$mod',
      '$regex',
      '$not',
    ])
    switch (name) {
      case '$in':
      case '$nin':
      case '$all':
        if (name === '$all' && random.chance(0.2)) {
          return {
            $all: [
              { $elemMatch: this.filter(depth + 1) },
              { $elemMatch: this.operator(depth + 1) },
            ],
          }
        }
        return { [name]: list() }
      case '$exists':
        return { $exists: random.pick<unknown>([true, false, 1, 0, null, 'x', new Double(0)]) }
      case '$type':
        return {
          $type: random.chance(0.3) ? [random.pick(TYPES), random.pick(TYPES)] : random.pick(TYPES),
        }
      case '$size':
        return { $size: random.pick<unknown>([0, 1, 2, new Double(2), 1.5, -1, '1']) }
      case '$elemMatch':
        if (depth > 2) return { $eq: this.value() }
        return {
          $elemMatch: random.chance(0.5)
            ? this.filter(depth + 1)
            : { ...this.operator(depth + 1), ...(random.chance(0.3) && this.operator(depth + 1)) },
        }
      case '$mod':
        return {
          $mod: random.pick<unknown>([
            [2, 1],
            [5, 0],
            [-5, 0],
            [2.9, 1],
            [0, 1],
            [2],
            [2, 1, 0],
            [2, '1'],
          ]),
        }
      case '$regex': {
        const pattern = random.pick(PATTERNS)
        const options = random.pick(['', 'i', 'm', 's', 'im'])
        return random.pick<() => Record<string, unknown>>([
          () => ({ $regex: pattern, ...(options && { $options: options }) }),
          () => ({ $regex: new RegExp(pattern, options.replace('s', '')) }),
          () => ({ $regex: new BSONRegExp(pattern, options) }),
        ])()
      }
      case '$not': {
        if (depth > 2) return { $ne: this.value() }
        return { $not: random.chance(0.2) ? /a/ : this.operator(depth + 1) }
      }
      default:
        return {
          [name]: random.chance(0.03) ? random.pick([new MinKey(), new MaxKey()]) : this.value(),
        }
    }
  }
}
