// Sets and maps for the few keys that an edit usually touches: a list up to eight keys, hashed beyond. The states
// of drafts hold their touched keys and their children in them.
import type { PathSegment } from '../document/paths/path.ts'

/** The number of keys up to which searching a list is faster than hashing. */
const MAX_LIST_LENGTH = 8

const indexIn = (keys: readonly unknown[], key: unknown): number => {
  for (let i = 0; i < keys.length; i++) if (keys[i] === key) return i
  return key === key ? -1 : keys.findIndex(Number.isNaN)
}

/** A set of keys, in the order of their first `add`. */
export class SmallSet {
  /** The keys, to read. */
  readonly list: PathSegment[]
  private hashed: Set<PathSegment> | null = null

  constructor(first: PathSegment) {
    this.list = [first]
  }

  has(key: PathSegment): boolean {
    return this.hashed === null ? indexIn(this.list, key) >= 0 : this.hashed.has(key)
  }

  add(key: PathSegment): void {
    if (this.has(key)) return
    this.list.push(key)
    if (this.hashed !== null) this.hashed.add(key)
    else if (this.list.length > MAX_LIST_LENGTH) this.hashed = new Set(this.list)
  }

  /** Moves a key of the set to the end. */
  moveLast(key: PathSegment): void {
    this.list.splice(this.list.indexOf(key), 1)
    this.list.push(key)
  }
}

/** A map of values that have their own key. */
export class SmallMap<V extends { readonly key: PathSegment }> {
  /** The values, to read, as long as they are few. */
  list: V[]
  /** The values by key, once they are many. */
  hashed: Map<PathSegment, V> | null = null
  /**
   * The values by index, instead of `hashed`, where keys are indices: many elements are read one after
   * another.
   */
  slots: V[] | null = null
  readonly indexed: boolean

  /** Creates the map from at most eight values. The list becomes the map's own. */
  constructor(indexed: boolean, few: V[]) {
    this.indexed = indexed
    this.list = few
  }

  get(key: PathSegment): V | undefined {
    if (this.slots !== null) return this.slots[key as number]
    if (this.hashed !== null) return this.hashed.get(key)
    const { list } = this
    for (let i = 0; i < list.length; i++) {
      const value = list[i] as V
      if (value.key === key) return value
    }
    return key === key ? undefined : list.find(value => Number.isNaN(value.key))
  }

  set(value: V): void {
    if (this.slots !== null) this.slots[value.key as number] = value
    else if (this.hashed !== null) this.hashed.set(value.key, value)
    else if (this.list.length < MAX_LIST_LENGTH && this.get(value.key) === undefined)
      this.list.push(value)
    else {
      if (this.indexed) this.slots = []
      else this.hashed = new Map()
      for (const known of this.list) this.set(known)
      this.set(value)
    }
  }

  delete(key: PathSegment): void {
    if (this.slots !== null) delete this.slots[key as number]
    else if (this.hashed !== null) this.hashed.delete(key)
    else this.list = this.list.filter(value => !Object.is(value.key, key))
  }
}

// Functions for roll-back. They are no methods, so that bundles without roll-back leave them out.

/** Returns another set of the same keys. */
export function copySet(keys: SmallSet): SmallSet {
  const copy = new SmallSet(keys.list[0])
  for (const key of keys.list) copy.add(key)
  return copy
}

/** Returns another map of the same values. */
export function copyMap<V extends { readonly key: PathSegment }>(map: SmallMap<V>): SmallMap<V> {
  const copy = new SmallMap<V>(map.indexed, [])
  for (const value of valuesOf(map)) copy.set(value)
  return copy
}

/** Returns all values of a map. */
export function valuesOf<V extends { readonly key: PathSegment }>(map: SmallMap<V>): Iterable<V> {
  if (map.slots !== null) return Object.values(map.slots)
  return map.hashed === null ? map.list : map.hashed.values()
}
