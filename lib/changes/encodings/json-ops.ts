// Ops as plain JSON and back: the format of `ChangeSet.toJSON` and `ChangeSet.from`. It is short, because
// it goes over wires and into logs. The reader trusts nothing: it checks every index and count, and brings
// the ops into canonical form.
//
//   op    ["s", value] | ["s", value, old] | ["u", old] | ["o", [[key, op], ...]]
//         ["m", [[key, op], ...]] | ["t", added, removed]
//         ["a", length, runs | null, [[index, op], ...], [[index, value], ...]]
//   run   [start, count] of kept elements, or { "insert": values }
import { MAX_LEVELS, tooDeepError } from '../../document/depth.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import { isEqual } from '../../document/equality.ts'
import { copyMutableLeaves } from '../../document/leaves/copy-mutable-leaves.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import type { Path, PathSegment } from '../../document/paths/path.ts'
import { toCanonicalRuns, createArrayOp, collectRemoved } from '../arrays/runs.ts'
import { decodeValue, encodeKey, encodeValue, type JSONValue } from './json-values.ts'
import { createMembersOp } from '../ops/members.ts'
import type { ArrayOp, Op, Run } from '../ops/ops.ts'

/** Returns an op as JSON. */
export function encodeOp(op: Op, leaves: Leaves, path: Path): JSONValue {
  const value = (v: unknown): JSONValue => encodeValue(v, leaves, path)
  const below = (key: PathSegment, child: Op): JSONValue => encodeOp(child, leaves, [...path, key])
  switch (op.kind) {
    case 'set':
      return 'old' in op ? ['s', value(op.value), value(op.old)] : ['s', value(op.value)]
    case 'unset':
      return ['u', value(op.old)]
    case 'object':
      return ['o', Array.from(op.keys, ([key, child]) => [key, below(key, child)])]
    case 'map':
      return [
        'm',
        Array.from(op.entries, ([key, child]) => [encodeKey(key, leaves, path), below(key, child)]),
      ]
    case 'members':
      return ['t', op.added.map(value), op.removed.map(value)]
    case 'array':
      return [
        'a',
        op.length,
        op.runs &&
          op.runs.map(run =>
            'keep' in run ? [run.keep, run.count] : { insert: value(run.insert) },
          ),
        Array.from(op.edits ?? [], ([index, child]) => [index, below(index, child)]),
        Array.from(op.removed ?? [], ([index, gone]) => [index, value(gone)]),
      ]
  }
}

/**
 * Reads an op from JSON, with frozen values and in canonical form. Null: the op changes nothing. Throws
 * `bad-argument` for anything that `encodeOp` does not write.
 */
export function decodeOp(json: unknown, leaves: Leaves, depth = 0): Op | null {
  if (!Array.isArray(json)) throw badJSONError('an op', json)
  if (depth > MAX_LEVELS) throw tooDeepError([])
  const value = (v: unknown): unknown => copyMutableLeaves(decodeValue(v, leaves), leaves)
  const [kind, first, second] = json as unknown[]
  if (kind === 's' && json.length === 2) return { kind: 'set', value: value(first) }
  if (kind === 's' && json.length === 3) {
    const set: Op = { kind: 'set', value: value(first), old: value(second) }
    return isEqual(set.value, set.old, leaves, true) ? null : set
  }
  if (kind === 'u' && json.length === 2) return { kind: 'unset', old: value(first) }
  if (kind === 'o') return decodeObject(first, leaves, depth)
  if (kind === 'm') return decodeMap(first, leaves, depth)
  if (kind === 't' && Array.isArray(first) && Array.isArray(second)) {
    return createMembersOp(first.map(value), second.map(value), leaves)
  }
  if (kind === 'a') return decodeArray(json, leaves, depth, value)
  throw badJSONError('an op', json)
}

function badJSONError(expected: string, received: unknown): Error {
  return badArgumentError('json', expected, received)
}

function checkPairs<K>(json: unknown, isKey: (key: unknown) => boolean): [K, unknown][] {
  if (!Array.isArray(json)) throw badJSONError('a list of pairs', json)
  for (const pair of json) {
    if (!Array.isArray(pair) || pair.length !== 2 || !isKey(pair[0]))
      throw badJSONError('a pair', pair)
  }
  if (new Set(json.map(([key]) => key)).size < json.length)
    throw badJSONError('different keys', json)
  return json
}

function decodeObject(json: unknown, leaves: Leaves, depth: number): Op | null {
  const keys = decodeBelow(
    checkPairs<string>(json, key => typeof key === 'string'),
    leaves,
    depth,
  )
  return keys.size === 0 ? null : { kind: 'object', keys }
}

function decodeMap(json: unknown, leaves: Leaves, depth: number): Op | null {
  const stated = checkPairs<unknown>(json, () => true)
  const keyed = stated.map(([key, op]): [unknown, unknown] => [decodeValue(key, leaves), op])
  const entries = decodeBelow(
    checkPairs<unknown>(keyed, key => typeof key !== 'object' || key === null),
    leaves,
    depth,
  )
  return entries.size === 0 ? null : { kind: 'map', entries }
}

function decodeBelow<K>(entries: [K, unknown][], leaves: Leaves, depth: number): Map<K, Op> {
  const below = new Map<K, Op>()
  for (const [key, json] of entries) {
    const op = decodeOp(json, leaves, depth + 1)
    if (op !== null) below.set(key, op)
  }
  return below
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0

function decodeArray(
  json: readonly unknown[],
  leaves: Leaves,
  depth: number,
  value: (json: unknown) => unknown,
): Op | null {
  const [, length, runsJson, editsJson, removedJson] = json
  if (!isCount(length)) throw badJSONError('the length of an array', length)
  const isIndex = (key: unknown): boolean => isCount(key) && key < length
  const edits = decodeBelow(checkPairs<number>(editsJson, isIndex), leaves, depth)
  const removed = new Map(
    checkPairs<number>(removedJson, isIndex).map(([index, gone]) => [index, value(gone)]),
  )
  const stated = runsJson === null ? null : decodeRuns(runsJson, value)
  checkArray({ kind: 'array', length, runs: stated, edits, removed })
  const at = (index: number): unknown => removed.get(index)
  const runs = stated && toCanonicalRuns(stated, { length, at, leaves, ordered: true })
  return createArrayOp(length, runs, edits, at)
}

function decodeRuns(json: unknown, value: (json: unknown) => unknown): Run[] {
  if (!Array.isArray(json)) throw badJSONError('a list of runs', json)
  return json.map(run => {
    if (Array.isArray(run) && run.length === 2 && isCount(run[0]) && isCount(run[1])) {
      return { keep: run[0], count: run[1] }
    }
    const insert = (run as { insert?: unknown } | null)?.insert
    if (!Array.isArray(insert)) throw badJSONError('a run', run)
    return { insert: value(insert) as readonly unknown[] }
  })
}

/**
 * Checks that the runs keep each base element once at most and lie within the array, and that the removed
 * ones are those that no run keeps.
 */
function checkArray(op: ArrayOp): void {
  const keeps = (op.runs ?? [{ keep: 0, count: op.length }]).filter(run => 'keep' in run)
  let [end, kept] = [0, 0]
  for (const { keep, count } of [...keeps].sort((a, b) => a.keep - b.keep)) {
    if (keep < end || keep + count > op.length)
      throw badJSONError('runs that keep an element once', keep)
    end = keep + count
    kept += count
  }
  // Compare the counts first: `length` may be any number that a stranger wrote.
  const stated = op.removed?.size ?? 0
  if (op.length - kept !== stated) throw badJSONError('the values of what is removed', stated)
  const gone = collectRemoved(keeps, op.length, () => null)
  for (const index of op.removed?.keys() ?? []) {
    if (!gone?.has(index)) throw badJSONError('the values of what is removed', index)
  }
  for (const index of op.edits?.keys() ?? []) {
    if (gone?.has(index)) throw badJSONError('edits of kept elements', index)
  }
}
