// Random documents, and copies of them that keep dates.
import { immerable } from 'cowslip'
import type { Random } from './random.ts'

const KEYS = ['a', 'b', 'c', 'd', 'e.f', '__proto__', '0', '$x', '']

export const randomKey = (random: Random): string =>
  random.chance(0.85) || !random.odd ? random.pick(KEYS.slice(0, 4)) : random.pick(KEYS)

export function randomPrimitive(random: Random): unknown {
  return random.pick<unknown>([0, 1, 2, random.odd ? -0 : 3, 'x', 'y', true, null, random.below(5)])
}

/** A new value; at most `depth` levels. */
export function randomValue(random: Random, depth: number): unknown {
  if (depth === 0 || random.chance(0.4)) return randomPrimitive(random)
  if (random.odd && random.chance(0.15)) return new Date(random.below(4))
  if (random.chance(0.2)) return randomCollection(random, depth)
  if (random.chance(0.5)) {
    return Array.from({ length: random.below(5) }, () => randomValue(random, depth - 1))
  }
  return randomObject(random, depth)
}

export const randomMapKey = (random: Random): unknown =>
  random.pick<unknown>(['a', 'b', random.odd ? '__proto__' : 'c', 0, 1, 2])

function randomCollection(random: Random, depth: number): object {
  const values = Array.from({ length: random.below(5) }, () => randomValue(random, depth - 1))
  if (random.chance(0.5)) return new Set(values)
  return new Map(values.map(value => [randomMapKey(random), value]))
}

/** A class that drafts edit. */
export class Thing {
  static [immerable] = true
}

export function randomObject(random: Random, depth: number): Record<string, unknown> {
  const object = (random.chance(0.1) ? new Thing() : {}) as Record<string, unknown>
  for (let i = random.below(5); i > 0; i--) {
    put(object, randomKey(random), randomValue(random, depth - 1))
  }
  return object
}

/** A document; every other one with a longer list of objects. */
export function randomDocument(random: Random): object {
  const document = { ...randomObject(random, 4) }
  if (random.chance(0.5)) {
    const list = Array.from({ length: random.below(9) }, (_, id) =>
      random.chance(0.8) ? { id, n: randomValue(random, 1) } : randomValue(random, 1),
    )
    put(document, random.pick(['a', 'b']), list)
  }
  return document
}

/** Defines a property, so that `__proto__` is data here too. */
export function put(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}

/** What an own property holds. */
export function look(object: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value
}

/** A deep copy, dates included. Aliases become copies. */
export function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return new Date(value.getTime()) as T
  if (Array.isArray(value)) return value.map(copy) as T
  if (value instanceof Map) {
    return new Map(Array.from(value, ([key, item]) => [key, copy(item)])) as T
  }
  if (value instanceof Set) return new Set(Array.from(value, copy)) as T
  const object: object = value instanceof Thing ? new Thing() : {}
  for (const key of Object.keys(value)) put(object, key, copy(look(value, key)))
  return object as T
}

export const isContainer = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Date)

/** What stands directly below a container, by what leads there: a key, or a member's number. */
export function children(container: object): [key: any, value: unknown][] {
  if (container instanceof Map) return [...container]
  if (container instanceof Set) return Array.from(container, (member, i) => [i, member])
  return Object.keys(container).map(key => [key, look(container, key)])
}

/** One of them, of a draft or of a model. */
export function childOf(container: any, key: any): any {
  if (container instanceof Map) return container.get(key)
  if (container instanceof Set) return [...container][key]
  return container[key]
}

export const isCollection = (value: unknown): value is Map<any, any> | Set<any> =>
  value instanceof Map || value instanceof Set

/** Whether `found` says yes to something in `value`. */
export function some(value: unknown, found: (value: unknown) => boolean): boolean {
  if (found(value)) return true
  return isContainer(value) && children(value).some(([, below]) => some(below, found))
}
