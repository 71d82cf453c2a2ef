import { badArgument } from '../document/errors.ts'
import { isPlainObject } from '../document/containers.ts'
import { ingest } from '../document/ingest.ts'
import { defaultLeaves, leavesOf, type Leaf } from '../document/leaves.ts'
import { changeSet, type ChangeSet } from './change-set.ts'
import { diff as difference, type Keys } from './diff.ts'
import type { KeyOf } from './diff-array.ts'

/** Options of {@link diff}. */
export interface DiffOptions {
  /**
   * By dotted path, indices left out: what tells the elements of the array there apart, the name of a field or
   * a function of the element.
   */
  readonly keyed?: Readonly<Record<string, string | ((element: never) => unknown)>>
  /** As `createStore` takes them. */
  readonly leaves?: readonly Leaf[]
}

/**
 * The change set that leads from `base` to `next`, which came without one; `isEmpty` where they are equal.
 * What both share is skipped at once. Objects are compared key by key. Elements of arrays are known by `keyed`, or
 * by reference, or by value (what begins and ends alike first, then by Myers's algorithm): so an insert is an
 * insert. An array with too little in common is set whole. O(what is not shared), of arrays plus O(differences *
 * length): for 2,000 elements up to 1,000 differences, for more up to 64. Throws for what no store holds.
 *
 * @example
 * import { diff } from 'cowslip'
 * const base = { tags: ['math'], items: [{ id: 1, n: 1 }, { id: 2, n: 1 }] }
 * const next = { tags: ['navy', 'math'], items: [{ id: 2, n: 5 }, { id: 1, n: 1 }] }
 * const change = diff(base, next, { keyed: { items: 'id' } })
 * change.patches[0] // { op: 'add', path: ['tags', 0], value: 'navy' }
 * change.touched // ['tags', 'items']
 */
export function diff(base: object, next: object, options: DiffOptions = {}): ChangeSet {
  if (typeof options !== 'object' || options === null) {
    throw badArgument('options', 'an object', options)
  }
  const leaves = options.leaves === undefined ? defaultLeaves : leavesOf(options.leaves)
  const take = (name: string, value: unknown): object => {
    if (typeof value !== 'object' || value === null || !isPlainObject(value)) {
      throw badArgument(name, 'a plain object', value)
    }
    const intake = { leaves, inMemory: true, finishDraft: () => null }
    return ingest(value, intake, () => []) as object
  }
  const from = take('base', base)
  const found = difference(from, take('next', next), leaves, keysOf(options.keyed ?? {}))
  const op = found?.op ?? { kind: 'object', keys: new Map() }
  return changeSet(op, from, found?.next ?? from, leaves, {})
}

function keysOf(keyed: unknown): Keys {
  if (typeof keyed !== 'object' || keyed === null) {
    throw badArgument('keyed', 'key names by path', keyed)
  }
  const known = new Map<string, KeyOf>()
  for (const [path, key] of Object.entries(keyed) as [string, unknown][]) {
    if (typeof key === 'function') known.set(path, key as KeyOf)
    else if (typeof key === 'string') known.set(path, element => fieldOf(element, key))
    else throw badArgument(`keyed[${JSON.stringify(path)}]`, 'a field or a function', key)
  }
  return path => known.get(path.join('.')) ?? null
}

const fieldOf = (element: unknown, key: string): unknown =>
  typeof element === 'object' && element !== null && Object.hasOwn(element, key)
    ? (element as Record<string, unknown>)[key]
    : undefined
