// Guards of single fields, for `concurrency: 'fields'`. A collection creates them from the ops of an update; adapters
// that see the stored document while they write check them and write only what the update touched. So two writers that
// touch different fields never clash, and no edit can hit another element of an array than the one that it was made on.
//
//   op                                        guard
//   set or unset of a leaf                    the old value
//   set or unset of an object                 its keys, in any order, and a guard for each value
//   a key that was absent                     `has: false`
//   anything in an array, a Map or a Set      the whole array, Map or Set
//   an edit below a keyed array element       as below an object; the element is found by its key
import { apply } from '../changes/apply.ts'
import type { KeysByPath, Fields } from '../changes/diff/identity.ts'
import { ELEMENT, hashOfKey, keyById } from '../changes/diff/identity.ts'
import type { ArrayOp, ObjectOp, Op } from '../changes/ops/ops.ts'
import { getOwn, isObject, isPlainObject, type Dictionary } from '../document/containers.ts'
import { isEqual } from '../document/equality.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import { defaultLeaves } from '../document/leaves/leaves.ts'
import type { Commit, FieldGuard } from './contract.ts'

type Update = Extract<Commit, { kind: 'update' }>
type ElementKey = NonNullable<FieldGuard['key']>

/** Returns guards for all that `op` touches in `base`. O(touched), plus the length of touched arrays. */
export function createFieldGuards(
  op: ObjectOp,
  base: object,
  keys: KeysByPath,
  leaves: Leaves = defaultLeaves,
): FieldGuard[] {
  const guards: FieldGuard[] = []

  const add = (
    path: readonly (string | number)[],
    key: ElementKey | undefined,
    rest: Omit<FieldGuard, 'path' | 'key'>,
  ): void => void guards.push({ path, ...rest, ...(key && { key }) })

  const guardValue = (value: unknown, path: FieldGuard['path'], key?: ElementKey): void => {
    if (!isObject(value) || !isPlainObject(value)) return add(path, key, { has: true, value })
    const names = Object.keys(value)
    add(path, key, { has: true, keys: names })
    for (const name of names) guardValue(value[name], [...path, name], key)
  }

  const visit = (below: Op, value: unknown, path: FieldGuard['path'], key?: ElementKey): void => {
    if (below.kind === 'object') {
      for (const [name, child] of below.keys) {
        visit(child, getOwn(value as Dictionary, name), [...path, name], key)
      }
      return
    }
    if (below.kind === 'array' && key === undefined) {
      const elements = keysOfEdited(below, value as readonly unknown[], path, keys, leaves)
      if (elements !== null) {
        for (const [index, child] of below.edits ?? []) {
          const element = (value as readonly unknown[])[index]
          visit(child, element, [...path, index], elements.get(index))
        }
        return
      }
    }
    if (below.kind === 'set' && !('old' in below)) add(path, key, { has: false })
    else guardValue(value, path, key)
  }

  visit(op, base, [])
  return guards
}

/** Returns the keys of the elements that an op edits. Null: it does more, or an element has no key of its own. */
function keysOfEdited(
  { runs, edits }: ArrayOp,
  elements: readonly unknown[],
  path: FieldGuard['path'],
  keys: KeysByPath,
  leaves: Leaves,
): Map<number, ElementKey> | null {
  if (runs !== null || edits === null) return null
  const keyOf = keys(path.map(key => (typeof key === 'number' ? ELEMENT : key)) as Fields)
  const all = elements.map(element => hashOfKey(keyOf(element), leaves))
  const found = new Map<number, ElementKey>()
  for (const index of edits.keys()) {
    const hash = all[index]
    const element = elements[index]
    if (hash === undefined || !isObject(element) || !isPlainObject(element)) return null
    const field = keyOf === keyById ? fieldOfId(element) : keyOf.field
    // A key that a function makes has no field by which it could be found.
    if (field === undefined) return null
    if (all.indexOf(hash) !== index || all.lastIndexOf(hash) !== index) return null
    found.set(index, { at: path.length, field, value: keyOf(element) })
  }
  return found
}

const fieldOfId = (element: Dictionary): string => (getOwn(element, '_id') == null ? 'id' : '_id')

/** Whether a stored document is at all guarded places as the writer saw it. */
export function fitsFields(doc: object, fields: readonly FieldGuard[], leaves: Leaves): boolean {
  return fields.every(guard => {
    const parent = stepsTo(doc, guard, leaves)
    if (parent === null) return false
    const name = guard.path.at(-1) as string | number
    const [isThere, value] =
      guard.key?.at === guard.path.length - 1
        ? [true, findElement(parent, guard.key, leaves)]
        : [Object.hasOwn(parent, name), Reflect.get(parent, name) as unknown]
    if (!isThere || value === undefined) return !guard.has
    if (!guard.has) return false
    if (guard.keys !== undefined) return hasKeys(value, guard.keys)
    return !('value' in guard) || isEqual(value, guard.value, leaves)
  })
}

/** Returns the container that the last segment of a guard leads from. Null: it is not there. */
function stepsTo(doc: object, { path, key }: FieldGuard, leaves: Leaves): object | null {
  let at: unknown = doc
  for (const [i, segment] of path.slice(0, -1).entries()) {
    if (!isObject(at)) return null
    at =
      key?.at === i
        ? findElement(at, key, leaves)
        : Object.hasOwn(at, segment) && Reflect.get(at, segment)
  }
  return isObject(at) && (Array.isArray(at) || isPlainObject(at)) ? at : null
}

/** Returns the only element with this key; undefined: there is none, or several. */
function findElement(elements: object, { field, value }: ElementKey, leaves: Leaves): unknown {
  if (!Array.isArray(elements)) return undefined
  const found = (elements as unknown[]).filter(
    element =>
      isObject(element) &&
      Object.hasOwn(element, field) &&
      isEqual(Reflect.get(element, field), value, leaves),
  )
  return found.length === 1 ? found[0] : undefined
}

function hasKeys(value: unknown, keys: readonly string[]): boolean {
  if (!isObject(value) || !isPlainObject(value)) return false
  return Object.keys(value).length === keys.length && keys.every(key => Object.hasOwn(value, key))
}

/**
 * Returns the document that an update leaves behind, for adapters that write documents whole. Under a guard of the
 * version it is `next`; under a guard with `fields` it is the stored document with what the update touched: arrays are
 * written whole, save edits below keyed elements.
 */
export function applyUpdate(
  stored: object,
  { guard, next, changeSet }: Update,
  leaves: Leaves = defaultLeaves,
): object {
  if (guard.fields === undefined) return next
  const rules = { fields: guard.fields, leaves }
  return apply(stored, moveOp(changeSet.ops, stored, next, [], rules)) as object
}

interface MoveRules {
  readonly fields: readonly FieldGuard[]
  readonly leaves: Leaves
}

/** Returns the op that does to `stored` what `op` did to the base when it made `next`. */
function moveOp(
  op: Op,
  stored: unknown,
  next: unknown,
  path: FieldGuard['path'],
  rules: MoveRules,
): Op {
  if (op.kind === 'set' || op.kind === 'unset') return op
  if (op.kind === 'object' && isObject(stored) && isPlainObject(stored)) {
    const keys = [...op.keys].map(([key, child]): [string, Op] => [
      key,
      moveOp(child, getOwn(stored, key), getOwn(next as Dictionary, key), [...path, key], rules),
    ])
    return { kind: 'object', keys: new Map(keys) }
  }
  const moved =
    op.kind === 'array' && Array.isArray(stored) && moveEdits(op, stored, next, path, rules)
  return moved || { kind: 'set', value: next }
}

/** Returns the op for edits below keyed elements. Null: it does more. */
function moveEdits(
  op: ArrayOp,
  stored: readonly unknown[],
  next: unknown,
  path: FieldGuard['path'],
  rules: MoveRules,
): Op | null {
  const { fields, leaves } = rules
  const edits = new Map<number, Op>()
  for (const [index, child] of op.edits ?? []) {
    const key = fields.find(({ key, path: below }) => {
      return key?.at === path.length && [...path, index].every((segment, i) => below[i] === segment)
    })?.key
    const place = key === undefined ? -1 : stored.indexOf(findElement(stored, key, leaves))
    if (place < 0) return null
    const element = (next as readonly unknown[])[index]
    edits.set(place, moveOp(child, stored[place], element, [...path, index], rules))
  }
  if (op.runs !== null || edits.size === 0) return null
  return { kind: 'array', length: stored.length, runs: null, edits, removed: null }
}
