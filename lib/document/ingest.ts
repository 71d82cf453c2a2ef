// The only way for outside values into a snapshot. `createStore`, `insert`, `patch`, `apply` of a foreign
// change and every assignment to a store's draft pass through `ingest`: it checks a value, copies it and
// freezes the copy. What is deeply frozen already and holds no mutable leaf is shared instead of copied.
//
//   caller's value                      snapshot
//   { a: { ... }  ------ copied ----->  { a: { ... },        frozen
//     b: frozen   ------ shared ----->    b: frozen,         the same object
//     at: Date    ------ copied ----->    at: Date,          an own Date
//     x: undefined       dropped        }
import {
  defineOwn,
  emptyObjectLike,
  freezeNode,
  immerable,
  isCollection,
  isFrozenCollection,
  isImmerable,
  isPlainObject,
  isArrayOrPlain,
  setOwn,
  type Collection,
  type Dictionary,
} from './containers.ts'
import { MAX_LEVELS, tooDeepError } from './depth.ts'
import { refuseDraftInKey } from './holds-draft.ts'
import { draftMark } from './draft-mark.ts'
import { describeInstance, describeValue } from './messages/describe.ts'
import { CowslipError, unsupportedValueError } from './messages/errors.ts'
import { dateLeaf, findLeaf, type Leaves } from './leaves/leaf-kinds.ts'
import { formatPath, type Path, type PathSegment } from './paths/path.ts'

/** Rules for the values that a store accepts. */
export interface IngestRules {
  readonly leaves: Leaves
  /** Whether functions, Maps, Sets and marked instances are allowed: only in stores in memory. */
  readonly inMemory: boolean
  /** Whether values come from a decoder, which makes no accessors and no hidden properties. */
  readonly decoded?: boolean
  /** The nesting depth allowed, in levels; `MAX_LEVELS` by default. */
  readonly maxDepth?: number | undefined
  /**
   * Called with a draft that is met inside a value. Returns a frozen value to use for it; null: read the
   * draft like a value.
   */
  finishDraft(draft: object): object | null
}

/**
 * Returns a deeply frozen copy of `value` in canonical form: keys that hold `undefined` are dropped,
 * mutable leaves are copied. The caller's object is neither frozen nor shared, unless it is deeply frozen
 * already and holds no mutable leaf. `at` returns the path of `value`, for errors. O(size). Throws
 * `unsupported-value`, `hole` or `cycle`, with the path.
 */
export function ingest(value: unknown, rules: IngestRules, at: () => Path): unknown {
  if (typeof value === 'object' && value !== null) return new Ingestion(rules, at).value(value)
  if (typeof value === 'symbol' || (typeof value === 'function' && !rules.inMemory)) {
    return new Ingestion(rules, at).value(value)
  }
  return value
}

const NATIVE_PROTOTYPES: readonly unknown[] = [Map.prototype, Set.prototype, Date.prototype]

/**
 * Whether `value` is of a class that extends Array, Map, Set or Date. An array of another realm is a plain
 * one.
 */
function isSubclassed(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (Array.isArray(value)) return !Array.isArray(prototype)
  return (isCollection(value) || value instanceof Date) && !NATIVE_PROTOTYPES.includes(prototype)
}

/** Stands for the copy of a container that is still being copied. */
const COPY_IN_PROGRESS: object = {}

/** One value on its way in: the current path, and the copies made so far. */
export class Ingestion {
  readonly rules: IngestRules
  readonly at: () => Path
  readonly segments: PathSegment[] = []
  /** The level of the container that is being copied, counted from the root of the document. */
  private depth: number
  /**
   * The copy of each container met: a container met again is not copied again. Null: only the root was met.
   */
  private copies: Map<object, object> | null = null
  private root: object | null = null

  constructor(rules: IngestRules, at: () => Path) {
    this.rules = rules
    this.at = at
    this.depth = at().length
  }

  value(value: unknown): unknown {
    if (typeof value === 'symbol') throw this.unsupportedError('a symbol', 'Keep its description.')
    if (typeof value === 'function' && !this.rules.inMemory) {
      throw this.unsupportedError('a function', 'Only stores in memory hold functions.')
    }
    if (typeof value !== 'object' || value === null) return value
    if (this.isKept(value)) return value
    if ((value as { [draftMark]?: unknown })[draftMark] !== undefined) {
      const finished = this.rules.finishDraft(value)
      if (finished !== null) return finished
    }
    const { leaves } = this.rules
    const leaf = findLeaf(value, leaves)
    if ((leaf === null || leaf === dateLeaf) && isSubclassed(value)) {
      const remedy = 'Declare its class under `leaves`, or store its data.'
      throw this.unsupportedError(describeInstance(value), remedy)
    }
    if (leaf === dateLeaf) this.refuseProperties(value)
    if (leaf !== null)
      return leaf.copy === undefined ? value : this.noteCopy(leaf.copy(value), value)
    if (isArrayOrPlain(value)) return this.container(value)
    if (isCollection(value)) {
      if (this.rules.inMemory) return this.container(value)
      throw this.unsupportedError(
        value instanceof Map ? 'a Map' : 'a Set',
        'Use an object or an array, or declare it under `leaves`.',
      )
    }
    if (this.rules.inMemory && isImmerable(value)) return this.container(value)
    throw this.unsupportedError(
      describeValue(value),
      this.rules.inMemory
        ? 'Declare its class under `leaves`, mark it `immerable`, or store its data.'
        : 'Declare its class under `leaves`, or store its data.',
    )
  }

  /** Refuses own properties of a date, which its copies would lose. */
  refuseProperties(value: object): void {
    const [property] = Reflect.ownKeys(value)
    if (property === undefined) return
    throw this.unsupportedError(`a date with the property ${String(property)}`, 'Use an object.')
  }

  // Hooks for `AssignedCopies`, which needs to know which copy was made of which object.

  /** Whether a value is taken as it is. */
  protected isKept(_value: object): boolean {
    return false
  }

  /** Called with each copy and its source. Returns the copy to use. */
  protected noteCopy(copy: object, _source: object): object {
    return copy
  }

  private container(value: object): object {
    const { maxDepth = MAX_LEVELS, decoded = false } = this.rules
    if (!decoded) {
      if (this.root === null) this.root = value
      else {
        this.copies ??= new Map([[this.root, COPY_IN_PROGRESS]])
        const known = this.copies.get(value)
        if (known === COPY_IN_PROGRESS) throw this.cycleError()
        if (known !== undefined) return known
        this.copies.set(value, COPY_IN_PROGRESS)
      }
    }
    const most = decoded ? MAX_LEVELS : maxDepth
    if (this.depth++ >= most) throw tooDeepError(this.path(), most)
    const node = Array.isArray(value)
      ? this.array(value)
      : value instanceof Map
        ? this.map(value)
        : value instanceof Set
          ? this.set(value)
          : this.object(value as Dictionary)
    this.depth--
    this.copies?.set(value, node)
    return this.noteCopy(node, value)
  }

  private cycleError(): CowslipError {
    const path = this.path()
    return new CowslipError(
      'cycle',
      `Expected a tree. Received a value that contains itself at ${formatPath(path)}. ` +
        'Refer to it by an id.',
      { path },
    )
  }

  child(key: PathSegment, value: unknown): unknown {
    if (typeof value !== 'object' && typeof value !== 'symbol' && typeof value !== 'function') {
      return value
    }
    this.segments.push(key)
    const taken = this.value(value)
    this.segments.pop()
    return taken
  }

  object(value: Dictionary): Dictionary {
    if (this.rules.decoded === true && !Object.isFrozen(value)) return this.decodedObject(value)
    const copy = emptyObjectLike(value)
    const put = isPlainObject(value) ? setOwn : defineOwn
    const prototype: unknown = Object.getPrototypeOf(value)
    let ours = Object.isFrozen(value) && prototype === Object.getPrototypeOf(copy)
    for (const key of Reflect.ownKeys(value)) {
      if (key === immerable) {
        defineOwn(copy, key, value[key as never])
        continue
      }
      if (typeof key === 'symbol') {
        throw this.unsupportedError(`the symbol key ${String(key)}`, 'Use a text as the key.')
      }
      const field = Object.getOwnPropertyDescriptor(value, key)
      if (field === undefined) continue
      if (!('value' in field))
        throw this.unsupportedErrorAt(key, 'a getter or setter', 'Store its value.')
      if (!field.enumerable) {
        throw this.unsupportedErrorAt(
          key,
          'a hidden property',
          'Make it enumerable, or leave it out.',
        )
      }
      const taken = this.child(key, field.value)
      if (taken !== field.value || taken === undefined) ours &&= Number.isNaN(taken)
      if (taken !== undefined) put(copy, key, taken)
    }
    return ours ? value : Object.freeze(copy)
  }

  /**
   * Copies a decoded object. Reading every property's descriptor is most of the work elsewhere, and a
   * decoder makes plain data only.
   */
  decodedObject(value: Dictionary): Dictionary {
    const copy: Dictionary = { ...value }
    for (const key of Object.keys(copy)) {
      const field = copy[key]
      if (field === undefined) delete copy[key]
      else if (typeof field === 'object') setOwn(copy, key, this.child(key, field))
    }
    return Object.freeze(copy)
  }

  array(value: readonly unknown[]): readonly unknown[] {
    const copy: unknown[] = []
    let ours = Object.isFrozen(value) && Object.getPrototypeOf(value) === Array.prototype
    for (let i = 0; i < value.length; i++) {
      const item = value[i]
      if (item === undefined) throw this.holeError(i)
      const taken = this.child(i, item)
      if (taken !== item) ours &&= Number.isNaN(taken)
      copy.push(taken)
    }
    for (const key of Reflect.ownKeys(value).slice(value.length)) {
      if (key !== 'length') {
        throw this.unsupportedError(
          `the named property ${String(key)} of an array`,
          'Use an object.',
        )
      }
    }
    return ours ? value : Object.freeze(copy)
  }

  map(value: Map<unknown, unknown>): object {
    const copy = new Map()
    let ours = isFrozenCollection(value)
    for (const [key, item] of value) {
      refuseDraftInKey(key, () => this.path())
      const taken = this.child(key, item)
      ours &&= Object.is(taken, item)
      copy.set(key, taken)
    }
    return ours ? value : this.freezeCollection(copy, value)
  }

  set(value: Set<unknown>): object {
    const copy = new Set()
    let ours = isFrozenCollection(value)
    for (const item of value) {
      const taken = this.child(item, item)
      ours &&= Object.is(taken, item)
      copy.add(taken)
    }
    return ours ? value : this.freezeCollection(copy, value)
  }

  /** Freezes the copy of a Map or Set. Refuses properties beside its entries. */
  freezeCollection(copy: Collection, value: Collection): object {
    const named = Reflect.ownKeys(value)
    if (named.length > 0 && !isFrozenCollection(value)) {
      throw this.unsupportedError(
        `the property ${String(named[0])} of a Map or Set`,
        'Use an object.',
      )
    }
    return freezeNode(copy)
  }

  holeError(index: number): CowslipError {
    const path = [...this.path(), index]
    return new CowslipError(
      'hole',
      `Expected a value for every element. Received a hole or undefined at ${formatPath(path)}. ` +
        'Remove the element, or fill it with null.',
      { path },
    )
  }

  path(): Path {
    return [...this.at(), ...this.segments]
  }

  unsupportedError(received: string, remedy: string): CowslipError {
    return unsupportedValueError(this.path(), received, remedy)
  }

  unsupportedErrorAt(key: PathSegment, received: string, remedy: string): CowslipError {
    return unsupportedValueError([...this.path(), key], received, remedy)
  }
}
