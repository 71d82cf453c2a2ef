import { CowslipError, badArgument } from '../document/errors.ts'
import type { StandardSchema } from './collection-types.ts'

/** Refuses a schema that is none. */
export function checkSchema(schema: unknown): void {
  if (schema === undefined) return
  const standard = Object(schema)['~standard'] as { validate?: unknown } | undefined
  if (typeof standard?.validate !== 'function') {
    throw badArgument('schema', 'a Standard Schema', schema)
  }
}

/** Throws `invalid` with the schema's issues, and `bad-argument` if it answers with a promise. */
export function validate(schema: StandardSchema | undefined, next: object): void {
  if (schema === undefined) return
  const result = schema['~standard'].validate(next)
  if (result instanceof Promise) {
    result.catch(() => {})
    throw badArgument('schema', 'a schema that answers at once', result)
  }
  const { issues } = result
  if (issues === undefined || issues.length === 0) return
  const texts = issues.map(({ message }) => message).join('; ')
  throw new CowslipError(
    'invalid',
    `Expected a document that its schema allows. Received one with issues: ${texts}. Nothing was sent.`,
    { issues },
  )
}
