import { ingest } from '../document/ingest.ts'
import type { Leaves } from '../document/leaves.ts'
import type { Op, Run } from './ops.ts'

/** `value` as outsiders may have it: with mutable leaves of its own, shared if it holds none. O(size). */
export function handOut(value: unknown, leaves: Leaves): unknown {
  return ingest(value, { leaves, functions: true, finish: () => null }, () => [])
}

/** `op` with every value handed out. */
export function handOutOp<O extends Op>(op: O, leaves: Leaves): O
export function handOutOp(op: Op, leaves: Leaves): Op {
  const out = (value: unknown): unknown => handOut(value, leaves)
  switch (op.kind) {
    case 'set':
      return Object.freeze(
        'old' in op
          ? { ...op, value: out(op.value), old: out(op.old) }
          : { ...op, value: out(op.value) },
      )
    case 'unset':
      return Object.freeze({ ...op, old: out(op.old) })
    case 'object':
      return Object.freeze({ ...op, keys: mapped(op.keys, below => handOutOp(below, leaves)) })
    case 'array':
      return Object.freeze({
        ...op,
        runs: op.runs && Object.freeze(op.runs.map(run => handOutRun(run, leaves))),
        edits: op.edits && mapped(op.edits, below => handOutOp(below, leaves)),
        removed: op.removed && mapped(op.removed, out),
      })
  }
}

function handOutRun(run: Run, leaves: Leaves): Run {
  if ('keep' in run) return Object.freeze({ ...run })
  return Object.freeze({ insert: handOut(run.insert, leaves) as readonly unknown[] })
}

function mapped<K, V>(map: ReadonlyMap<K, V>, change: (value: V) => V): ReadonlyMap<K, V> {
  return new Map(Array.from(map, ([key, value]) => [key, change(value)]))
}
