import type { ArrayOp, Op } from '../../changes/ops/ops.ts'
import { isKeepRun } from '../../changes/arrays/runs.ts'
import { isPlainObject, setOwn, type Dictionary } from '../../document/containers.ts'
import { isEqual } from '../../document/equality.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'

/**
 * What of a schema's output is taken after an edit, `op`, that led to `next`: what it made of values at or below what was
 * touched, and its defaults for keys that are absent. What was not touched is never removed or changed.
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
  // Elements of another number cannot be told apart: those of an array that was touched are the schema's.
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

/** For each element what the edit did to it: inserted ones are set. */
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
