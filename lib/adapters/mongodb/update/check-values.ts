// Refuses values that the driver would silently write as something else.
import { isKeepRun } from '../../../changes/arrays/runs.ts'
import type { Op } from '../../../changes/ops/ops.ts'
import { bsonType } from '../../../document/leaves/bson.ts'
import { isPlainObject } from '../../../document/containers.ts'
import { describeValue } from '../../../document/messages/describe.ts'
import { unsupportedValueError } from '../../../document/messages/errors.ts'
import type { Path } from '../../../document/paths/path.ts'

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
  const refuse = (received: string, remedy: string): never => {
    throw unsupportedValueError(path, received, remedy)
  }
  if (typeof value === 'function' || typeof value === 'symbol' || value === undefined) {
    refuse(describeValue(value), 'MongoDB cannot store it.')
  }
  if (typeof value === 'bigint' && (value >= INT64_LIMIT || value < -INT64_LIMIT)) {
    refuse('a bigint beyond 64 bits', 'Store it as a text or a Decimal128.')
  }
  if (typeof value !== 'object' || value === null || bsonType(value) !== null) return
  if (Array.isArray(value)) return value.forEach((item, i) => checkValues(item, [...path, i]))
  if (isPlainObject(value)) {
    for (const key of Object.keys(value)) checkValues(value[key], [...path, key])
    return
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) refuse('an invalid date', 'MongoDB would make it 1970.')
  } else if (value instanceof RegExp) {
    if (/[^gim]/.test(value.flags))
      refuse(`the pattern ${String(value)}`, 'BSON knows the flags g, i and m.')
  } else if (!(value instanceof Uint8Array)) {
    refuse(describeValue(value), 'Store its data as plain values or bytes.')
  }
}
