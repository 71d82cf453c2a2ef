// Projections: the named fields of a document, for reading. An adapter may send no more than these; what it sends is
// picked here all the same, so that every adapter shows the same.
import { isObject, isPlainObject, setOwn, type Dictionary } from '../../document/containers.ts'
import { badArgumentError } from '../../document/messages/errors.ts'

/** The fields to pick, by name; null: all of the value. */
export type FieldTree = Map<string, FieldTree | null>

/** A dotted path without empty names, and none that begins with `$`. */
const PATH = /^[^.$][^.]*(\.[^.$][^.]*)*$/

/** Parses a list of dotted paths; `_id` is always among them. Throws `bad-argument`. */
export function parseFields(fields: unknown): FieldTree {
  const isList =
    Array.isArray(fields) && fields.every(path => typeof path === 'string' && PATH.test(path))
  if (!isList) throw badArgumentError('fields', 'a list of paths', fields)
  const root: FieldTree = new Map([['_id', null]])
  for (const path of fields as string[]) {
    const names = path.split('.')
    const last = names.pop() as string
    let tree: FieldTree | null = root
    for (const name of names) {
      const below: FieldTree | null | undefined = tree.get(name)
      if (below === null) {
        tree = null
        break
      }
      if (below !== undefined) tree = below
      else tree.set(name, (tree = new Map<string, FieldTree | null>()))
    }
    tree?.set(last, null)
  }
  return root
}

/** Returns the paths of a tree; none is at or below another. */
export function pathsOf(tree: FieldTree, prefix = ''): string[] {
  return [...tree].flatMap(([name, below]) =>
    below === null ? [prefix + name] : pathsOf(below, `${prefix}${name}.`),
  )
}

/** Returns the picked fields of a document, in its order; of an array, those of each element that is an object. */
export function pickFields(value: object, tree: FieldTree): object {
  if (Array.isArray(value)) {
    const elements = value.filter(isObject).filter(isContainer)
    return elements.map(element => pickFields(element, tree))
  }
  const picked: Dictionary = {}
  for (const [name, item] of Object.entries(value) as [string, unknown][]) {
    const below = tree.get(name)
    if (below === null) setOwn(picked, name, item)
    else if (below !== undefined && isObject(item) && isContainer(item))
      setOwn(picked, name, pickFields(item, below))
  }
  return picked
}

const isContainer = (value: object): boolean => Array.isArray(value) || isPlainObject(value)
