import type { SchemaIssue } from '../../document/messages/errors.ts'

/** A validator by the Standard Schema (standardschema.dev): of Zod, Valibot, ArkType and others. */
export interface StandardSchema<Input = unknown, Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    /** For types alone. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** What a schema makes of a value: its output, or issues. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

type Types<S extends StandardSchema> = NonNullable<S['~standard']['types']>

/** What a schema takes: the type of what is inserted. */
export type InferInput<S extends StandardSchema> = Types<S>['input']
/** What a schema gives: the type of the documents. */
export type InferOutput<S extends StandardSchema> = Types<S>['output']
