// Validates documents against the schema of a collection. LiveDocument calls `validateNew` before an insert
// and `validateEdit` before an update; both return what is to be stored.
import { composeOps } from '../../changes/compose.ts'
import { diffSnapshots } from '../../changes/diff/diff.ts'
import { followPath } from '../../changes/ops/follow-path.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import type { Dictionary } from '../../document/containers.ts'
import { isEqual } from '../../document/equality.ts'
import {
  InvalidError,
  badArgumentError,
  type DocumentName,
  type SchemaIssue,
} from '../../document/messages/errors.ts'
import { formatPath, type Path } from '../../document/paths/path.ts'
import { copyDeep } from '../../draft/current.ts'
import type { StoreRules } from '../../draft/strict/store-scope.ts'
import { describeDocument } from '../calls/outcome.ts'
import type { Prepared } from '../../store/edits/prepare.ts'
import type { SchemaResult, StandardSchema } from './schema-types.ts'
import { mergeOutput } from './merge-output.ts'

/** Throws `bad-argument` for anything but a Standard Schema or undefined. */
export function checkSchema(schema: unknown): void {
  if (schema === undefined) return
  const standard = Object(schema)['~standard'] as { validate?: unknown } | undefined
  if (typeof standard?.validate !== 'function') {
    throw badArgumentError('schema', 'a Standard Schema', schema)
  }
}

/** The schema and rules of a collection. */
export interface Validator {
  readonly schema: StandardSchema | undefined
  readonly rules: StoreRules
  ingest(document: object): object
}

/**
 * Returns what is stored of a new document: the schema's output. Throws an `InvalidError`; and `bad-
 * argument` for a schema that refuses its own output or changes it again.
 */
export function validateNew(by: Validator, document: object, name: DocumentName): object {
  const { schema, rules } = by
  if (schema === undefined) return document
  const { _id } = document as Dictionary
  const stored = (value: unknown): object => {
    if (typeof value !== 'object' || value === null) {
      throw badArgumentError('schema', 'a schema whose output is an object', value)
    }
    // A schema that does not know `_id` must not lose it.
    const { _id: _, ...fields } = value as Dictionary
    return by.ingest({ _id, ...fields })
  }
  const output = runSchema(schema, document, by)
  if (output.issues !== undefined) throw invalidError(output.issues, name)
  const first = stored(output.value)
  const again = runSchema(schema, first, by)
  if (again.issues === undefined && isEqual(stored(again.value), first, rules.leaves)) return first
  throw badArgumentError(
    'schema',
    'a schema that accepts its own output and leaves it as it is',
    schema,
  )
}

/**
 * Returns what is stored of an edit of `base`: see {@link mergeOutput}. Issues that `base` had already are
 * passed over. Throws an `InvalidError` for others.
 */
export function validateEdit(
  by: Validator,
  base: object,
  prepared: NonNullable<Prepared>,
  name: DocumentName,
): Prepared {
  const { schema, rules } = by
  if (schema === undefined) return prepared
  const { op, next } = prepared
  const output = runSchema(schema, next, by)
  if (output.issues !== undefined) {
    const known = (runSchema(schema, base, by).issues ?? []).map(issue => nameMovedIssue(issue, op))
    const added = output.issues.filter(issue => !known.includes(nameIssue(pathOf(issue), issue)))
    if (added.length > 0) throw invalidError(added, name)
    return prepared
  }
  const settled = mergeOutput(next, output.value, op, rules.leaves) as object
  if (settled === next) return prepared
  const difference = diffSnapshots(next, by.ingest(settled), rules)
  if (difference === null) return prepared
  const whole = composeOps(op, difference.op, rules.leaves) as ObjectOp | null
  return whole && { op: whole, next: difference.next }
}

/**
 * Runs the schema on a copy, because some schemas write to their input. Throws `bad-argument` if it answers
 * with a promise.
 */
function runSchema(
  schema: StandardSchema,
  value: object,
  { rules }: Validator,
): SchemaResult<unknown> {
  const result = schema['~standard'].validate(copyDeep(value, rules.leaves))
  if (result instanceof Promise) {
    result.catch(() => {})
    throw badArgumentError('schema', 'a schema that answers at once', result)
  }
  if (typeof result !== 'object' || result === null) {
    throw badArgumentError('schema', 'a schema that answers with a value or issues', result)
  }
  return result.issues?.length === 0 ? { value } : result
}

/** Returns the path of an issue. Its segments may be objects of the schema's library. */
const pathOf = ({ path = [] }: SchemaIssue): Path =>
  Array.from(path, segment => (isSegment(segment) ? segment.key : segment)) as Path

const isSegment = (segment: unknown): segment is { readonly key: unknown } =>
  typeof segment === 'object' && segment !== null && 'key' in segment

/**
 * Names an issue by its place and its message without the place, which some messages repeat (`rows[2].price
 * must be ...`).
 */
function nameIssue(path: Path | null, issue: SchemaIssue): string {
  const own = pathOf(issue)
  const texts = [own.join('.'), formatPath(own).slice(1, -1)].filter(text => text !== '')
  const message = texts.reduce((text, place) => text.replaceAll(place, ''), issue.message)
  return JSON.stringify([path?.map(String) ?? null, message])
}

const nameMovedIssue = (issue: SchemaIssue, op: ObjectOp): string =>
  nameIssue(followPath(op, pathOf(issue)), issue)

function invalidError(issues: readonly SchemaIssue[], name: DocumentName): InvalidError {
  // Issues may be instances of classes with getters.
  const plain = issues.map(issue => ({ message: issue.message, path: pathOf(issue) }))
  return new InvalidError(plain, describeDocument(name))
}
