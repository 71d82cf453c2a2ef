// Rebuilds an op with other values in it. `ChangeSet.ops` copies mutable leaves with it,
// `prepareForeignChange` ingests values, and the MongoDB adapter checks them.
import type { Path } from '../../document/paths/path.ts'
import type { Op } from './ops.ts'

/**
 * Returns a frozen copy of `op` with every value replaced by the result of `change`. `path` is the place of
 * `op`. O(op).
 */
export function mapOp<O extends Op>(
  op: O,
  change: (value: unknown, path: Path) => unknown,
  path?: Path,
): O
export function mapOp(
  op: Op,
  change: (value: unknown, path: Path) => unknown,
  path: Path = [],
): Op {
  const changed = (value: unknown): unknown => change(value, path)
  switch (op.kind) {
    case 'set':
      return Object.freeze({
        kind: 'set',
        value: changed(op.value),
        ...('old' in op && { old: changed(op.old) }),
      })
    case 'unset':
      return Object.freeze({ kind: 'unset', old: changed(op.old) })
    case 'object':
      return Object.freeze({
        kind: 'object',
        keys: mapEntries(op.keys, (below, key) => mapOp(below, change, [...path, key])),
      })
    case 'map':
      return Object.freeze({
        kind: 'map',
        entries: mapEntries(op.entries, (below, key) => mapOp(below, change, [...path, key])),
      })
    case 'members':
      return Object.freeze({
        kind: 'members',
        added: Object.freeze(op.added.map(changed)),
        removed: Object.freeze(op.removed.map(changed)),
      })
    case 'array':
      return Object.freeze({
        kind: 'array',
        length: op.length,
        runs:
          op.runs &&
          Object.freeze(
            op.runs.map(run =>
              Object.freeze(
                'keep' in run ? { ...run } : { insert: Object.freeze(run.insert.map(changed)) },
              ),
            ),
          ),
        edits: op.edits && mapEntries(op.edits, (below, at) => mapOp(below, change, [...path, at])),
        removed: op.removed && mapEntries(op.removed, changed),
      })
  }
}

function mapEntries<K, V>(map: ReadonlyMap<K, V>, change: (value: V, key: K) => V): Map<K, V> {
  return new Map(Array.from(map, ([key, value]) => [key, change(value, key)]))
}
