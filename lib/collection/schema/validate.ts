import { compose } from '../../changes/compose.ts'
import { diff } from '../../changes/diff/diff.ts'
import { movedPath } from '../../changes/ops/moved-path.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import type { Dictionary } from '../../document/containers.ts'
import { equal } from '../../document/equality.ts'
import {
  InvalidError,
  badArgument,
  type DocumentName,
  type SchemaIssue,
} from '../../document/messages/errors.ts'
import { formatPath, type Path } from '../../document/paths/path.ts'
import { plainCopy } from '../../draft/current.ts'
import type { Rules } from '../../draft/strict/store-scope.ts'
import { tell } from '../calls/outcome.ts'
import type { Prepared } from '../../store/edits/prepare.ts'
import type { SchemaResult, StandardSchema } from './schema-types.ts'
import { settleOutput } from './settle-output.ts'

/** Refuses a schema that is none. */
export function checkSchema(schema: unknown): void {
  if (schema === undefined) return
  const standard = Object(schema)['~standard'] as { validate?: unknown } | undefined
  if (typeof standard?.validate !== 'function') {
    throw badArgument('schema', 'a Standard Schema', schema)
  }
}

/** What a schema of a collection asks, and what takes values in. */
export interface Validating {
  readonly schema: StandardSchema | undefined
  readonly rules: Rules
  ingest(document: object): object
}

/**
 * What is stored of a document that is new: the schema's output. Throws an `InvalidError`, and `bad-argument` for a schema
 * that refuses its own output, or makes something else of it.
 */
export function validateNew(by: Validating, document: object, name: DocumentName): object {
  const { schema, rules } = by
  if (schema === undefined) return document
  const { _id } = document as Dictionary
  const stored = (value: unknown): object => {
    if (typeof value !== 'object' || value === null) {
      throw badArgument('schema', 'a schema whose output is an object', value)
    }
    // That it knows of no `_id` is no reason to lose it.
    const { _id: _, ...fields } = value as Dictionary
    return by.ingest({ _id, ...fields })
  }
  const output = outputOf(schema, document, by)
  if (output.issues !== undefined) throw invalid(output.issues, name)
  const first = stored(output.value)
  const again = outputOf(schema, first, by)
  if (again.issues === undefined && equal(stored(again.value), first, rules.leaves)) return first
  throw badArgument('schema', 'a schema that accepts its own output and leaves it as it is', schema)
}

/**
 * What is stored of an edit of `base`: see {@link settleOutput}. Issues that `base` has too are let pass. Throws an
 * `InvalidError` for others.
 */
export function validateEdit(
  by: Validating,
  base: object,
  prepared: NonNullable<Prepared>,
  name: DocumentName,
): Prepared {
  const { schema, rules } = by
  if (schema === undefined) return prepared
  const { op, next } = prepared
  const output = outputOf(schema, next, by)
  if (output.issues !== undefined) {
    const known = (outputOf(schema, base, by).issues ?? []).map(issue => moved(issue, op))
    const added = output.issues.filter(issue => !known.includes(nameOf(pathOf(issue), issue)))
    if (added.length > 0) throw invalid(added, name)
    return prepared
  }
  const settled = settleOutput(next, output.value, op, rules.leaves) as object
  if (settled === next) return prepared
  const difference = diff(next, by.ingest(settled), rules)
  if (difference === null) return prepared
  const whole = compose(op, difference.op, rules.leaves) as ObjectOp | null
  return whole && { op: whole, next: difference.next }
}

/** Throws `bad-argument` if the schema answers with a promise. Some write to what they are given. */
function outputOf(
  schema: StandardSchema,
  value: object,
  { rules }: Validating,
): SchemaResult<unknown> {
  const result = schema['~standard'].validate(plainCopy(value, rules.leaves))
  if (result instanceof Promise) {
    result.catch(() => {})
    throw badArgument('schema', 'a schema that answers at once', result)
  }
  if (typeof result !== 'object' || result === null) {
    throw badArgument('schema', 'a schema that answers with a value or issues', result)
  }
  return result.issues?.length === 0 ? { value } : result
}

/** Theirs may be of a class of its own. */
const pathOf = ({ path = [] }: SchemaIssue): Path =>
  Array.from(path, segment => (isSegment(segment) ? segment.key : segment)) as Path

const isSegment = (segment: unknown): segment is { readonly key: unknown } =>
  typeof segment === 'object' && segment !== null && 'key' in segment

/** An issue by its place and message, in which some name the place too: `rows[2].price must be ...`. */
function nameOf(path: Path | null, issue: SchemaIssue): string {
  const own = pathOf(issue)
  const texts = [own.join('.'), formatPath(own).slice(1, -1)].filter(text => text !== '')
  const message = texts.reduce((text, place) => text.replaceAll(place, ''), issue.message)
  return JSON.stringify([path?.map(String) ?? null, message])
}

const moved = (issue: SchemaIssue, op: ObjectOp): string =>
  nameOf(movedPath(op, pathOf(issue)), issue)

function invalid(issues: readonly SchemaIssue[], name: DocumentName): InvalidError {
  // Theirs may be instances of classes, with getters.
  const plain = issues.map(issue => ({ message: issue.message, path: pathOf(issue) }))
  return new InvalidError(plain, tell(name))
}
