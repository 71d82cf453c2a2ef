// Random bases and values for `produce`: with symbols, accessors, hidden fields, classes, dictionaries
// without a prototype, Maps and Sets.
import { immerable } from 'immer'
import type { Random } from './random.ts'

export const SYMBOL: unique symbol = Symbol('s')
const KEYS: readonly (string | symbol)[] = ['a', 'b', 'c', 'd', '0', '7', SYMBOL]

export const randomKey = (random: Random): string | symbol =>
  random.chance(0.8) ? random.pick(KEYS.slice(0, 4)) : random.pick(KEYS)

/** A class marked by a field of its own. */
export class Field {
  readonly [immerable] = true
  n = 0
}

/** A class marked as a whole, with an accessor. */
export class Static {
  static readonly [immerable] = true
  m = 1
  get double(): number {
    return this.m * 2
  }
  set double(value: number) {
    this.m = value / 2
  }
}

/** A class that drafts do not edit. */
export class Opaque {
  o = 1
}

export function randomPrimitive(random: Random): unknown {
  return random.pick<unknown>([0, 1, 2, 'x', 'y', true, null, undefined, NaN, random.below(9)])
}

function emptyObject(random: Random): any {
  const kind = random.below(12)
  if (kind === 0) return new Field()
  if (kind === 1) return new Static()
  if (kind === 2 || kind === 3) return Object.create(null)
  return {}
}

export function randomObject(random: Random, depth: number): any {
  const object = emptyObject(random)
  for (let i = random.below(5); i > 0; i--) {
    object[randomKey(random)] = randomValue(random, depth - 1)
  }
  if (random.chance(0.08)) {
    const value = randomValue(random, depth - 1)
    Object.defineProperty(object, 'hidden', { value, writable: true, configurable: true })
  }
  if (random.chance(0.08)) {
    const inner = randomValue(random, 1)
    Object.defineProperty(object, 'got', { get: () => inner, enumerable: true, configurable: true })
  }
  return object
}

/** A new value, at most `depth` levels deep: a tree. */
export function randomValue(random: Random, depth: number): unknown {
  if (depth <= 0 || random.chance(0.4)) return randomPrimitive(random)
  const kind = random.below(12)
  if (kind === 0) return new Map(randomList(random, depth).map((value, i) => [i % 3, value]))
  if (kind === 1) return new Set(randomList(random, depth))
  if (kind === 2) return new Opaque()
  if (kind <= 6) return randomList(random, depth)
  return randomObject(random, depth)
}

const randomList = (random: Random, depth: number): unknown[] =>
  Array.from({ length: random.below(5) }, () => randomValue(random, depth - 1))

/** A base: mostly a plain object, with a list of objects. */
export function randomBase(random: Random): any {
  if (random.chance(0.1)) return randomList(random, 4)
  const base = randomObject(random, 4)
  const list = Array.from({ length: random.below(7) }, (_, id) => ({
    id,
    v: randomValue(random, 2),
  }))
  base.list = list
  return base
}
