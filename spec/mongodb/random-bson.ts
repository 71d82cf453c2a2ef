// Random BSON documents with odd keys, every BSON type, nested arrays; and recipes that change them.
import * as bson from 'bson'
import type { Random } from '../properties/random.ts'

const KEYS = ['a', 'b', 'c', 'd', '0', '7', 'x.y', '$z', '', 'ä ö', 'constructor', 'a$']

export function key(random: Random): string {
  return random.chance(0.8) ? random.pick(KEYS.slice(0, 4)) : random.pick(KEYS)
}

export function leaf(random: Random): unknown {
  const n = random.below(5)
  return random.pick<() => unknown>([
    () => n,
    () => n + 0.5,
    () => -0,
    () => `text ${'x'.repeat(random.below(30))}`,
    () => random.chance(0.5),
    () => null,
    () => new Date(n),
    () => new RegExp(`a${n}`, 'i'),
    () => new bson.ObjectId(`65a1b2c3d4e5f60718293a4${n}`),
    () => bson.Long.fromString(`900719925474099${n}`),
    () => new bson.Int32(n),
    () => new bson.Double(n),
    () => bson.Decimal128.fromString(`1.${n}0`),
    () => new bson.Binary(Buffer.from([n, 1]), n === 0 ? 5 : 0),
    () => new bson.UUID('a2d2d3f4-1111-4222-8333-444455556666'),
    () => new bson.Timestamp({ t: n, i: 1 }),
    () => new bson.BSONRegExp('b', n % 2 === 0 ? 'i' : ''),
    () => new bson.Code('f()'),
    () => new bson.MinKey(),
    () => new bson.MaxKey(),
    () => BigInt(n) * 2n ** 40n,
    () => new Uint8Array([n, 2]),
  ])()
}

export function value(random: Random, depth: number): unknown {
  if (depth === 0 || random.chance(0.4)) return leaf(random)
  if (random.chance(0.5))
    return Array.from({ length: random.below(6) }, () => value(random, depth - 1))
  return object(random, depth)
}

export function object(random: Random, depth: number): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  for (let i = random.below(6); i > 0; i--) made[key(random)] = value(random, depth - 1)
  return made
}

const isContainer = (v: unknown): v is object =>
  typeof v === 'object' &&
  v !== null &&
  (Array.isArray(v) || Object.getPrototypeOf(v) === Object.prototype)

/** One random change somewhere below `root`, never of `_id`. */
export function change(random: Random, root: any): void {
  let at = root
  while (random.chance(0.7)) {
    const below = Object.keys(at).filter(k => k !== '_id' && isContainer(at[k]))
    if (below.length === 0) break
    at = at[random.pick(below)]
  }
  if (!Array.isArray(at)) {
    const keys = Object.keys(at).filter(k => k !== '_id')
    const k = keys.length > 0 && random.chance(0.6) ? random.pick(keys) : key(random)
    if (random.chance(0.25)) delete at[k]
    else at[k] = value(random, 2)
    return
  }
  const [i, j] = [random.below(at.length + 1), random.below(at.length + 1)]
  const acts: (() => unknown)[] = [
    () => at.push(value(random, 1)),
    () => at.push(leaf(random), leaf(random)),
    () => at.unshift(value(random, 1)),
    () => at.splice(i, 0, value(random, 1)),
    () => at.pop(),
    () => at.shift(),
    () => at.splice(i, 2),
    () => (at.length = Math.min(i, at.length)),
    () => at.reverse(),
    () => (at.shift(), at.push(leaf(random))),
    () => i < at.length && (at[i] = value(random, 1)),
    () => i < at.length && j < at.length && ([at[i], at[j]] = [at[j], at[i]]),
  ]
  random.pick(acts)()
}
