// The part of the Standard Schema that collections use, and the types derived from it.
import type { SchemaIssue } from '../../document/messages/errors.ts'

/** A validator that follows the Standard Schema (standardschema.dev), of Zod, Valibot, ArkType and others. */
export interface StandardSchema<Input = unknown, Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    /** The types of input and output. They exist for the compiler only. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** The result of a validation: an output, or issues. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

type Types<S extends StandardSchema> = NonNullable<S['~standard']['types']>

/** The input type of a schema: the type of what is inserted. */
export type InferInput<S extends StandardSchema> = Types<S>['input']
/** The output type of a schema: the type of the stored documents. */
export type InferOutput<S extends StandardSchema> = Types<S>['output']
