// Finds out which places of a state a selector reads: it runs once on the state itself, for the value, and once on proxies that
// note each place. What it returns counts as read whole; what it only walks through does not.
import { isArrayOrPlain, isObject } from '../document/containers.ts'
import type { Path } from '../document/paths/path.ts'

/** The value of a selector, and the places that it read; null: they are not known, so it is to be asked at each change. */
export interface Selected<V> {
  readonly value: V
  readonly paths: readonly Path[] | null
}

/** A place that was read; `whole`: with everything below it. */
interface Place {
  readonly below: Map<string, Place>
  whole: boolean
  proxy: object | null
}

/** The number of places beyond which the top-level keys are taken instead. */
const MAX_PATHS = 64

/** Runs a selector, and finds the places that it read. */
export function trackReads<T extends object, V>(selector: (state: T) => V, state: T): Selected<V> {
  const value = selector(state)
  if (isMarkedAsMemoised(selector)) return { value, paths: null }
  // One that makes an object makes another each time, unless it remembers. Asked before it sees a proxy.
  const isKept = isObject(value) && selector(state) === value
  const reads = new Reads()
  const root = createPlace()
  let shown: unknown
  try {
    shown = selector(reads.show(state, root) as T)
  } catch {
    return { value, paths: null }
  }
  if (!reads.isSame(shown, value)) return { value, paths: null }
  if (isKept && reads.placeOf(shown) === undefined) return { value, paths: null }
  return { value, paths: pathsOf(root) }
}

/** Whether a selector says that it remembers results, as those of Reselect do. */
const isMarkedAsMemoised = (selector: object): boolean =>
  'resultFunc' in selector || 'recomputations' in selector || 'clearCache' in selector

const createPlace = (): Place => ({ below: new Map(), whole: false, proxy: null })

/** The proxies of one run. */
class Reads {
  private readonly places = new WeakMap<object, { place: Place; node: object }>()

  placeOf(value: unknown): Place | undefined {
    return isObject(value) ? this.places.get(value)?.place : undefined
  }

  /** Returns what a selector sees for a value at a place. */
  show(value: unknown, place: Place): unknown {
    if (!isObject(value) || !isArrayOrPlain(value)) {
      place.whole = true
      if (isObject(value)) this.places.set(value, { place, node: value })
      return value
    }
    return (place.proxy ??= this.createProxy(value, place))
  }

  private createProxy(node: object, place: Place): object {
    const read = (key: string): unknown => {
      const at = place.below.get(key) ?? createPlace()
      place.below.set(key, at)
      return this.show((node as Record<string, unknown>)[key], at)
    }
    const isOwn = (key: string | symbol): key is string =>
      typeof key === 'string' && (Object.hasOwn(node, key) || !(key in node))
    // Not the frozen node: a proxy may not show another value for a property that cannot change.
    const target: object = Array.isArray(node) ? [] : {}
    const proxy: object = new Proxy(target, {
      get: (_, key) => (isOwn(key) ? read(key) : (Reflect.get(node, key) as unknown)),
      has: (_, key) => {
        // Methods of arrays ask so for each element: whether it is there, whatever it is.
        if (isOwn(key)) noteWhole(place, Array.isArray(node) ? 'length' : key)
        return Reflect.has(node, key)
      },
      ownKeys: () => {
        place.whole = true
        return Reflect.ownKeys(node)
      },
      getOwnPropertyDescriptor: (_, key) => {
        if (isOwn(key)) noteWhole(place, key)
        const field = Reflect.getOwnPropertyDescriptor(node, key)
        if (field === undefined) return undefined
        const isLength = key === 'length' && Array.isArray(node)
        return { ...field, value: Reflect.get(proxy, key), writable: true, configurable: !isLength }
      },
      getPrototypeOf: () => Reflect.getPrototypeOf(node),
      set: () => false,
      defineProperty: () => false,
      deleteProperty: () => false,
      preventExtensions: () => false,
    })
    this.places.set(proxy, { place, node })
    return proxy
  }

  /** Whether a value made of proxies is the one made of the state. Marks the places in it as read whole. */
  isSame(shown: unknown, real: unknown): boolean {
    if (!isObject(shown) || !isObject(real)) return Object.is(shown, real)
    const known = this.places.get(shown)
    if (known !== undefined) {
      known.place.whole = true
      return known.node === real
    }
    if (shown === real) return true
    if (!isArrayOrPlain(shown) || !isArrayOrPlain(real)) return false
    const [a, b] = [Object.keys(shown), Object.keys(real)]
    return (
      Array.isArray(shown) === Array.isArray(real) &&
      a.length === b.length &&
      a.every(
        (key, i) => key === b[i] && this.isSame(Reflect.get(shown, key), Reflect.get(real, key)),
      )
    )
  }
}

function noteWhole(place: Place, key: string): void {
  const at = place.below.get(key) ?? createPlace()
  place.below.set(key, at)
  at.whole = true
}

/** Returns the places that were read, each above others without them; of very many the top-level keys. */
function pathsOf(root: Place): readonly Path[] {
  const paths: Path[] = []
  const collect = (place: Place, path: Path): void => {
    if (paths.length > MAX_PATHS) return
    if (place.whole || place.below.size === 0) return void paths.push(path)
    for (const [key, at] of place.below) collect(at, [...path, key])
  }
  // A selector that reads nothing of the state never changes by it.
  if (!root.whole && root.below.size === 0) return []
  collect(root, [])
  return paths.length > MAX_PATHS ? [...root.below.keys()].map(key => [key]) : paths
}
