// Copies of plain objects, faster than a spread: V8 has no fast path for spreading what is frozen. Key
// lists that come again and again get a copier compiled for them. Nodes that an edit made carry a note of
// theirs, so that the next edit need not look.

import { NO_SHAPE, readNote } from './hidden-note.ts'

type Copier = (from: object) => object
type Dictionary = Record<string, unknown>

/** A list of keys, and how an object that has them is copied. */
export interface Shape {
  readonly keys: readonly string[]
  /** How often it was copied before it was compiled. */
  copies: number
  copier: Copier | null
}

/** The shape of nodes that a spread copies as fast. Their copies have it too, unless a key is added. */
const SPREAD: Shape = { keys: [], copies: 0, copier: null }

/** After more deletions keys are asked for anew. */
const MAX_DELETIONS = 8

/** Specs lower them, so that random programs meet compiled copiers. */
export const shapeLimits: { small: number; compileAfter: number; compileWideAfter: number } = {
  /** Objects of so many keys and less are spread. */
  small: 6,
  /** Compiling takes so long that it pays off after this many copied keys. */
  compileAfter: 12_000,
  /** The same for wide objects, counted in copies. */
  compileWideAfter: 100,
}

/** A literal of more keys starts out slow; a constructor does not. */
const MAX_LITERAL_KEYS = 127
/** Beyond, V8 keeps objects as dictionaries in any case. */
const MAX_FAST_KEYS = 320
/** Beyond, what is compiled takes too much memory. */
const MAX_COMPILED_KEYS = 20_000
/** So many key lists are known, and so many that begin with the same key. */
const MAX_SHAPES = 1_000
const MAX_SHAPES_PER_FIRST_KEY = 4

const shapesByFirstKey = new Map<string, Shape[]>()
let shapeCount = 0

/** Where a content security policy forbids code generation, spreads do it all. */
const canCompile: boolean = (() => {
  try {
    return (new Function('return true') as () => boolean)()
  } catch {
    return false
  }
})()

/**
 * The shape of a plain object; null where a spread does as well. Of what carries a note of its own, O(1), else
 * O(keys). `foreign`: it may have symbols for keys.
 */
export function shapeOf(node: object, foreign: boolean): Shape | null {
  const known = readNote(node)
  return known !== undefined && known !== NO_SHAPE ? (known as Shape) : findShape(node, foreign)
}

/** The shape of a plain object, found by its keys alone. O(keys). */
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
 * A copy of a plain object's own enumerable properties, one level deep, to which `Object.prototype` is the
 * prototype. `shape`: that of `node`. O(keys).
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
 * The shape of a copy of a node of this shape, from which some keys are `gone` and to which others were
 * `added`; null: it is not known.
 */
export function shapeAfter(
  shape: Shape | null,
  gone: readonly string[] = NO_KEYS,
  added: readonly PropertyKey[] = NO_KEYS,
): Shape | null {
  if (shape === null || shape === SPREAD) return added.length === 0 ? SPREAD : null
  if (gone.length === 0 && added.length === 0) return shape
  if (shape.keys.length <= MAX_FAST_KEYS || gone.length > MAX_DELETIONS) return null
  // Of several that were added the order is not known; a symbol is none that a shape can have.
  if (added.length > 1 || typeof added[0] === 'symbol') return null
  const left = gone.length === 0 ? shape.keys : shape.keys.filter(key => !gone.includes(key))
  const keys = [...left, ...(added as string[])]
  return keys.length > MAX_FAST_KEYS ? { keys, copies: 0, copier: null } : null
}

/** Asked for once a node is changed, not for every read. */
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

/** Null for what no copier can be made for, or once enough are known. */
function addShape(node: object, first: string, alike: Shape[] | undefined): Shape | null {
  const keys = Object.keys(node)
  const shape: Shape = { keys, copies: 0, copier: null }
  if (keys.length > MAX_FAST_KEYS) return shape
  if (alike !== undefined && alike.length >= MAX_SHAPES_PER_FIRST_KEY) {
    // What was seen once makes room; what is compiled stays.
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

/** Integer-like keys have an order of their own; `__proto__` in a literal is no key. */
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

/** Begins with a clone of a dictionary that has the keys, so that none has to be put in and nothing grows. */
function compileWide(keys: readonly string[]): Copier | null {
  if (keys.length > MAX_COMPILED_KEYS || !isCompilable(keys)) return null
  const fields = keys.map(key => JSON.stringify(key) + ':0')
  const blank = new Function(`return{__proto__:null,${fields.join()}}`) as () => Dictionary
  return node => fillDictionary(blank(), node, keys)
}

/** A dictionary from birth, given its prototype last: filled that way, it never changes its form. */
function fillDictionary(copy: Dictionary, node: object, keys: readonly string[]): object {
  for (const key of keys) copy[key] = (node as Dictionary)[key]
  Object.setPrototypeOf(copy, Object.prototype)
  return copy
}
