// Refuses values that the driver would silently write as something else.
import { isKeepRun } from '../../../changes/arrays/runs.ts'
import type { Op } from '../../../changes/ops/ops.ts'
import { bsonType } from '../../../document/leaves/bson.ts'
import { isPlainObject } from '../../../document/containers.ts'
import { describeValue } from '../../../document/messages/describe.ts'
import { unsupportedValueError } from '../../../document/messages/errors.ts'
import type { Path, PathSegment } from '../../../document/paths/path.ts'

const INT64_LIMIT = 2n ** 63n

/** Checks all values that an op brings in: see {@link checkValues}. */
export function checkNewValues(op: Op, path: Path = []): void {
  switch (op.kind) {
    case 'set':
      return checkValues(op.value, path)
    case 'object':
      for (const [key, below] of op.keys) checkNewValues(below, [...path, key])
      return
    case 'array':
      for (const [at, below] of op.edits ?? []) checkNewValues(below, [...path, at])
      for (const run of op.runs ?? []) {
        if (!isKeepRun(run)) for (const value of run.insert) checkValues(value, path)
      }
  }
}

/**
 * Throws `unsupported-value`, with the path, for functions, instances of classes, an invalid date, a bigint
 * beyond 64 bits, a typed array other than bytes, and a pattern whose flags BSON lacks. O(size).
 */
export function checkValues(value: unknown, path: Path): void {
  checkBelow(value, [...path])
}

/** Checks a value at a path, which is one list for all values below: a list for each would be most of the cost. */
function checkBelow(value: unknown, path: PathSegment[]): void {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return
    case 'bigint':
      if (value < INT64_LIMIT && value >= -INT64_LIMIT) return
      throw refusal(path, 'a bigint beyond 64 bits', 'Store it as a text or a Decimal128.')
    case 'object':
      return value === null ? undefined : checkObject(value, path)
  }
  throw refusal(path, describeValue(value), 'MongoDB cannot store it.')
}

function checkObject(value: object, path: PathSegment[]): void {
  if (bsonType(value) !== null) return
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      path.push(i)
      checkBelow(value[i], path)
      path.pop()
    }
  } else if (isPlainObject(value)) {
    for (const key of Object.keys(value)) {
      path.push(key)
      checkBelow(value[key], path)
      path.pop()
    }
  } else if (value instanceof Date) {
    if (!Number.isNaN(value.getTime())) return
    throw refusal(path, 'an invalid date', 'MongoDB would make it 1970.')
  } else if (value instanceof RegExp) {
    if (!/[^gim]/.test(value.flags)) return
    throw refusal(path, `the pattern ${String(value)}`, 'BSON knows the flags g, i and m.')
  } else if (!(value instanceof Uint8Array)) {
    throw refusal(path, describeValue(value), 'Store its data as plain values or bytes.')
  }
}

const refusal = (path: readonly PathSegment[], received: string, remedy: string): Error =>
  unsupportedValueError([...path], received, remedy)
