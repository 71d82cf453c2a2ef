// The outcomes of writes that an index refuses.
import type { CommitResult } from '../contract.ts'
import type { NamedIndex } from '../contract-queries.ts'

/** A write that is refused. */
export type Refusal = Extract<CommitResult, { status: 'rejected' }>

/** Creates the outcome of a write that repeats the values of a unique index. */
export function duplicateOf({ name, fields }: NamedIndex): Refusal {
  const error = new Error(`Another document has these values of the unique index "${name}"`)
  return { status: 'rejected', code: 'duplicate', error, fields: Object.keys(fields) }
}

/** Creates the outcome of a write that an index cannot hold. */
export function parallelArraysOf({ name }: NamedIndex): Refusal {
  const error = new Error(`The index "${name}" cannot hold arrays in two fields of a document`)
  return { status: 'rejected', code: 'parallel-arrays', error }
}
