// Fast copies of plain objects. `copyNode`, which every first write to a draft calls, copies through here,
// because V8 has no fast path for spreading a frozen object. Two ideas: a key list that comes again and
// again (a shape) gets a copier compiled for it, and a node that an edit made carries its shape in a hidden
// note, so that the next edit need not look its keys up.
import { NO_SHAPE, readNote } from './hidden-note.ts'

type Copier = (from: object) => object
type Dictionary = Record<string, unknown>

/** A list of keys, and how an object with exactly these keys is copied. */
export interface Shape {
  readonly keys: readonly string[]
  /** The number of copies made before the copier was compiled. */
  copies: number
  copier: Copier | null
}

/**
 * The shape of objects that a spread copies as fast. Copies of such an object have it too, unless a key is
 * added.
 */
const SPREAD: Shape = { keys: [], copies: 0, copier: null }

/** The number of deletions after which the keys are read anew instead of derived. */
const MAX_DELETIONS = 8

/** Tuning values. Specs lower them, so that random programs meet compiled copiers. */
export const shapeLimits: { small: number; compileAfter: number; compileWideAfter: number } = {
  /** The number of keys up to which an object is spread. */
  small: 6,
  /** The number of copied keys after which compiling a copier pays off. */
  compileAfter: 12_000,
  /** The number of copies after which compiling pays off for wide objects. */
  compileWideAfter: 100,
}

/**
 * The number of keys up to which an object literal is fast; beyond it V8 builds a literal slowly, but not
 * the object of a constructor.
 */
const MAX_LITERAL_KEYS = 127
/** The number of keys beyond which V8 keeps every object as a dictionary. */
const MAX_FAST_KEYS = 320
/** The number of keys beyond which a compiled copier takes too much memory. */
const MAX_COMPILED_KEYS = 20_000
/** The number of key lists kept, in all and with the same first key. */
const MAX_SHAPES = 1_000
const MAX_SHAPES_PER_FIRST_KEY = 4

const shapesByFirstKey = new Map<string, Shape[]>()
let shapeCount = 0

/** Whether code may be generated. Under a content security policy that forbids it, every copy is a spread. */
const canCompile: boolean = (() => {
  try {
    return (new Function('return true') as () => boolean)()
  } catch {
    return false
  }
})()

/**
 * Returns the shape of a plain object; null where a spread is as fast. O(1) for a node with a note, else
 * O(keys). `foreign`: the object may have symbol keys.
 */
export function shapeOf(node: object, foreign: boolean): Shape | null {
  const known = readNote(node)
  return known !== undefined && known !== NO_SHAPE ? (known as Shape) : findShape(node, foreign)
}

/** Finds the shape of a plain object by its keys. O(keys). */
export function findShape(node: object, foreign: boolean): Shape | null {
  let count = 0
  let first = ''
  for (const key in node) {
    if (count === 0) first = key
    if (++count > shapeLimits.small) break
  }
  if (count <= shapeLimits.small || (foreign && hasSymbols(node))) return null
  const alike = shapesByFirstKey.get(first)
  return (alike && findAlike(alike, node)) ?? addShape(node, first, alike)
}

/**
 * Copies the own enumerable properties of a plain object one level deep; the prototype is
 * `Object.prototype`. `shape` is the shape of `node`. O(keys).
 */
export function copyPlain(node: object, shape: Shape | null): object {
  if (shape === null || shape === SPREAD) return { ...node }
  if (shape.copier !== null) return shape.copier(node)
  const { keys } = shape
  shape.copies++
  const wide = keys.length > MAX_FAST_KEYS
  const due = wide
    ? shape.copies === shapeLimits.compileWideAfter
    : shape.copies * keys.length >= shapeLimits.compileAfter
  if (canCompile && due) shape.copier = compile(keys)
  return wide ? fillDictionary(Object.create(null) as Dictionary, node, keys) : { ...node }
}

const NO_KEYS: readonly string[] = []

/**
 * Returns the shape of an object that was copied from one of this shape, lost the keys `gone` and got the
 * keys `added`. Null: unknown.
 */
export function shapeAfter(
  shape: Shape | null,
  gone: readonly string[] = NO_KEYS,
  added: readonly PropertyKey[] = NO_KEYS,
): Shape | null {
  if (shape === null || shape === SPREAD) return added.length === 0 ? SPREAD : null
  if (gone.length === 0 && added.length === 0) return shape
  if (shape.keys.length <= MAX_FAST_KEYS || gone.length > MAX_DELETIONS) return null
  // The order of several added keys is not known. A symbol is part of no shape.
  if (added.length > 1 || typeof added[0] === 'symbol') return null
  const left = gone.length === 0 ? shape.keys : shape.keys.filter(key => !gone.includes(key))
  const keys = [...left, ...(added as string[])]
  return keys.length > MAX_FAST_KEYS ? { keys, copies: 0, copier: null } : null
}

/** Whether a node has symbol keys. Checked when a node is first changed, not at every read. */
const hasSymbols = (node: object): boolean => Object.getOwnPropertySymbols(node).length > 0

function findAlike(alike: readonly Shape[], node: object): Shape | null {
  for (const shape of alike) if (hasExactlyKeys(shape.keys, node)) return shape
  return null
}

function hasExactlyKeys(keys: readonly string[], node: object): boolean {
  let at = 0
  for (const key in node) if (key !== keys[at++]) return false
  return at === keys.length
}

/** Remembers the key list of a node. Null if no copier can be compiled for it, or enough lists are known. */
function addShape(node: object, first: string, alike: Shape[] | undefined): Shape | null {
  const keys = Object.keys(node)
  const shape: Shape = { keys, copies: 0, copier: null }
  if (keys.length > MAX_FAST_KEYS) return shape
  if (alike !== undefined && alike.length >= MAX_SHAPES_PER_FIRST_KEY) {
    // A list that was seen once makes room; a compiled one stays.
    const at = alike.findIndex(({ copier }) => copier === null)
    if (at >= 0 && hasExactlyKeys(keys, node) && isCompilable(keys)) alike[at] = shape
    return null
  }
  if (shapeCount >= MAX_SHAPES || !isCompilable(keys) || !hasExactlyKeys(keys, node)) return null
  shapeCount++
  if (alike === undefined) shapesByFirstKey.set(first, [shape])
  else alike.push(shape)
  return shape
}

/**
 * Whether a copier can be compiled: integer-like keys have an order of their own, and `__proto__` in a
 * literal sets the prototype.
 */
function isCompilable(keys: readonly string[]): boolean {
  return keys.every(key => key !== '__proto__' && !/^\d+$/.test(key))
}

function compile(keys: readonly string[]): Copier | null {
  if (keys.length > MAX_FAST_KEYS) return compileWide(keys)
  const quoted = keys.map(key => JSON.stringify(key))
  if (keys.length <= MAX_LITERAL_KEYS) {
    return new Function('o', `return{${quoted.map(key => `${key}:o[${key}]`).join()}}`) as Copier
  }
  const assignments = quoted.map(key => `this[${key}]=o[${key}]`)
  const body = `function C(o){${assignments.join(';')}}C.prototype=Object.prototype;return o=>new C(o)`
  return (new Function(body) as () => Copier)()
}

/**
 * Compiles a copier for wide objects: it begins with a clone of a dictionary that has the keys already, so
 * that nothing grows.
 */
function compileWide(keys: readonly string[]): Copier | null {
  if (keys.length > MAX_COMPILED_KEYS || !isCompilable(keys)) return null
  const fields = keys.map(key => JSON.stringify(key) + ':0')
  const blank = new Function(`return{__proto__:null,${fields.join()}}`) as () => Dictionary
  return node => fillDictionary(blank(), node, keys)
}

/**
 * Fills a dictionary and sets its prototype last: filled in this order, V8 never changes its
 * representation.
 */
function fillDictionary(copy: Dictionary, node: object, keys: readonly string[]): object {
  for (const key of keys) copy[key] = (node as Dictionary)[key]
  Object.setPrototypeOf(copy, Object.prototype)
  return copy
}
