// Merges the output of a schema into an edited document. `validateEdit` calls it. A schema returns a whole
// document, possibly coerced, stripped of unknown keys and filled with defaults; an edit may take from it
// only what belongs to the edit.
import type { ArrayOp, Op } from '../../changes/ops/ops.ts'
import { isKeepRun } from '../../changes/arrays/runs.ts'
import { isPlainObject, setOwn, type Dictionary } from '../../document/containers.ts'
import { isEqual } from '../../document/equality.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'

/**
 * Returns `next` with the parts of a schema's output that an edit may take: values at or below places that
 * `op` touched, and defaults for absent keys. Untouched values are never removed or changed.
 */
export function mergeOutput(
  next: unknown,
  output: unknown,
  op: Op | undefined,
  leaves: Leaves,
): unknown {
  if (isEqual(next, output, leaves)) return next
  if (op?.kind === 'set') return output
  if (isFields(next, leaves) && isFields(output, leaves)) {
    return mergeFields(next, output, op?.kind === 'object' ? op.keys : NO_OPS, leaves)
  }
  if (!Array.isArray(next) || !Array.isArray(output)) return next
  const touched = op?.kind === 'array' ? op : undefined
  // With another number of elements nothing tells which is which: a touched array is taken from the schema
  // as a whole.
  if (next.length !== output.length) return touched?.runs ? output : next
  const ops = opsOf(next.length, touched)
  return next.map((element: unknown, i) => mergeOutput(element, output[i], ops[i], leaves))
}

const NO_OPS: ReadonlyMap<string, Op> = new Map()

function mergeFields(
  next: Dictionary,
  output: Dictionary,
  ops: ReadonlyMap<string, Op>,
  leaves: Leaves,
): Dictionary {
  const fields: Dictionary = {}
  for (const key of Object.keys(next)) {
    const op = ops.get(key)
    const made = Object.hasOwn(output, key) ? output[key] : undefined
    if (made !== undefined) setOwn(fields, key, mergeOutput(next[key], made, op, leaves))
    else if (op?.kind !== 'set') setOwn(fields, key, next[key])
  }
  for (const key of Object.keys(output)) {
    if (!Object.hasOwn(next, key) && output[key] !== undefined) setOwn(fields, key, output[key])
  }
  return fields
}

/** Returns for each element the op of the edit; inserted elements count as set. */
function opsOf(length: number, op: ArrayOp | undefined): readonly (Op | undefined)[] {
  if (op === undefined) return []
  const runs = op.runs ?? [{ keep: 0, count: length }]
  return runs.flatMap(run =>
    isKeepRun(run)
      ? Array.from({ length: run.count }, (_, i) => op.edits?.get(run.keep + i))
      : run.insert.map((value): Op => ({ kind: 'set', value })),
  )
}

function isFields(value: unknown, leaves: Leaves): value is Dictionary {
  return (
    typeof value === 'object' &&
    value !== null &&
    isPlainObject(value) &&
    leaves.find(value) === null
  )
}
