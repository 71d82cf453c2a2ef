// Copies of plain objects, faster than a spread: V8 has no fast path for spreading what is frozen. Key
// lists that come again and again get a copier compiled for them. Nodes that an edit made carry a note of
// theirs, so that the next edit need not look.

import { MADE, readStamp } from './stamp.ts'

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
const FEW_GONE = 8

/** Specs lower them, so that random programs meet compiled copiers. */
export const limits: { small: number; compileAfter: number; compileWideAfter: number } = {
  /** Objects of so many keys and less are spread. */
  small: 6,
  /** Compiling takes so long that it pays off after this many copied keys. */
  compileAfter: 12_000,
  /** The same for wide objects, counted in copies. */
  compileWideAfter: 100,
}

/** A literal of more keys starts out slow; a constructor does not. */
const LITERAL = 127
/** Beyond, V8 keeps objects as dictionaries in any case. */
const WIDE = 320
/** Beyond, what is compiled takes too much memory. */
const WIDEST = 20_000
/** So many key lists are known, and so many that begin with the same key. */
const MOST = 1_000
const MOST_ALIKE = 4

const shapes = new Map<string, Shape[]>()
let known = 0

/** Where a content security policy forbids code generation, spreads do it all. */
const compiles: boolean = (() => {
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
  const known = readStamp(node)
  return known !== undefined && known !== MADE ? (known as Shape) : findShape(node, foreign)
}

/** The shape of a plain object, found by its keys alone. O(keys). */
export function findShape(node: object, foreign: boolean): Shape | null {
  let count = 0
  let first = ''
  for (const key in node) {
    if (count === 0) first = key
    if (++count > limits.small) break
  }
  if (count <= limits.small || (foreign && hasSymbols(node))) return null
  const alike = shapes.get(first)
  return (alike && find(alike, node)) ?? learn(node, first, alike)
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
  const wide = keys.length > WIDE
  const due = wide
    ? shape.copies === limits.compileWideAfter
    : shape.copies * keys.length >= limits.compileAfter
  if (compiles && due) shape.copier = compile(keys)
  return wide ? fill(Object.create(null) as Dictionary, node, keys) : { ...node }
}

const NONE: readonly string[] = []

/**
 * The shape of a copy of a node of this shape, from which some keys are `gone` and to which others were
 * `added`; null: it is not known.
 */
export function shapeAfter(
  shape: Shape | null,
  gone: readonly string[] = NONE,
  added: readonly PropertyKey[] = NONE,
): Shape | null {
  if (shape === null || shape === SPREAD) return added.length === 0 ? SPREAD : null
  if (gone.length === 0 && added.length === 0) return shape
  if (shape.keys.length <= WIDE || gone.length > FEW_GONE) return null
  // Of several that were added the order is not known; a symbol is none that a shape can have.
  if (added.length > 1 || typeof added[0] === 'symbol') return null
  const left = gone.length === 0 ? shape.keys : shape.keys.filter(key => !gone.includes(key))
  const keys = [...left, ...(added as string[])]
  return keys.length > WIDE ? { keys, copies: 0, copier: null } : null
}

/** Asked for once a node is changed, not for every read. */
const hasSymbols = (node: object): boolean => Object.getOwnPropertySymbols(node).length > 0

function find(alike: readonly Shape[], node: object): Shape | null {
  for (const shape of alike) if (matches(shape.keys, node)) return shape
  return null
}

function matches(keys: readonly string[], node: object): boolean {
  let at = 0
  for (const key in node) if (key !== keys[at++]) return false
  return at === keys.length
}

/** Null for what no copier can be made for, or once enough are known. */
function learn(node: object, first: string, alike: Shape[] | undefined): Shape | null {
  const keys = Object.keys(node)
  const shape: Shape = { keys, copies: 0, copier: null }
  if (keys.length > WIDE) return shape
  if (alike !== undefined && alike.length >= MOST_ALIKE) {
    // What was seen once makes room; what is compiled stays.
    const at = alike.findIndex(({ copier }) => copier === null)
    if (at >= 0 && matches(keys, node) && isCompilable(keys)) alike[at] = shape
    return null
  }
  if (known >= MOST || !isCompilable(keys) || !matches(keys, node)) return null
  known++
  if (alike === undefined) shapes.set(first, [shape])
  else alike.push(shape)
  return shape
}

/** Integer-like keys have an order of their own; `__proto__` in a literal is no key. */
function isCompilable(keys: readonly string[]): boolean {
  return keys.every(key => key !== '__proto__' && !/^\d+$/.test(key))
}

function compile(keys: readonly string[]): Copier | null {
  if (keys.length > WIDE) return compileWide(keys)
  const quoted = keys.map(key => JSON.stringify(key))
  if (keys.length <= LITERAL) {
    return new Function('o', `return{${quoted.map(key => `${key}:o[${key}]`).join()}}`) as Copier
  }
  const assignments = quoted.map(key => `this[${key}]=o[${key}]`)
  const body = `function C(o){${assignments.join(';')}}C.prototype=Object.prototype;return o=>new C(o)`
  return (new Function(body) as () => Copier)()
}

/** Begins with a clone of a dictionary that has the keys, so that none has to be put in and nothing grows. */
function compileWide(keys: readonly string[]): Copier | null {
  if (keys.length > WIDEST || !isCompilable(keys)) return null
  const fields = keys.map(key => JSON.stringify(key) + ':0')
  const blank = new Function(`return{__proto__:null,${fields.join()}}`) as () => Dictionary
  return node => fill(blank(), node, keys)
}

/** A dictionary from birth, given its prototype last: filled that way, it never changes its form. */
function fill(copy: Dictionary, node: object, keys: readonly string[]): object {
  for (const key of keys) copy[key] = (node as Dictionary)[key]
  Object.setPrototypeOf(copy, Object.prototype)
  return copy
}
