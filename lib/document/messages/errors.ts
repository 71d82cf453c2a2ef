// The one error class of the library, its codes, and the two errors that carry more: conflicts and schema
// issues. Every folder throws them. A text has three sentences: what was expected, what was received, what
// to do. Programs read `code` and `details`, whose shape depends on the code.
import { describeValue } from './describe.ts'
import { formatPath, type Path } from '../paths/path.ts'

/** The `details` of each error code. */
export interface ErrorDetails {
  /** A value no store can track: an unknown class, a symbol key, a getter, a function for an adapter. */
  'unsupported-value': { path: Path; received: string }
  /** A value that contains itself. */
  cycle: { path: Path }
  /** An array with a missing or undefined element. */
  hole: { path: Path }
  /** An object that its owner changed after it was assigned to a draft. */
  'late-write': { path: Path }
  /** A path that leads nowhere, or has no meaning where elements moved. */
  'bad-path': { path: Path }
  /** An argument of the wrong type. */
  'bad-argument': { argument: string; received: string }
  /** A draft used after its recipe or edit has ended. */
  'ended-draft': { path: Path }
  /** An open edit used after `commit()` or `rollback()`. */
  'ended-edit': Record<never, never>
  /** A recipe that returned a promise. */
  'async-recipe': Record<never, never>
  /** A recipe that returned a new document instead of editing its draft. */
  'returned-value': { received: string }
  /** An edit that began inside the recipe of another edit of the same store. */
  'nested-edit': Record<never, never>
  /** Listeners that edit and hear their own edits without end. */
  'listener-loop': { listener: string; limit: number }
  /** A change set made from ops alone was asked for values of its base. */
  'needs-base': { asked: string }
  /** The base moved on: see {@link ConflictError}. */
  conflict: ConflictDetails
  /** The document is gone, or never was. */
  missing: DocumentName
  /**
   * Another document has this id, or another unique value; `fields` is empty where the adapter does not
   * tell which.
   */
  duplicate: DocumentName & { fields: readonly string[] }
  /** The adapter refused the write and did not apply it; `cause` has the adapter's reason. */
  rejected: DocumentName & { reason: string }
  /** A call for many documents met errors of the caller's own code; the first is the `cause`. */
  failed: { reason: string }
  /** A stored document cannot be shown; `cause` has the error of a function of the caller's, where there is one. */
  unreadable: DocumentName & { reason: string }
  /** The schema has issues with the next state: see {@link InvalidError}. */
  invalid: { issues: readonly SchemaIssue[] }
  /** The write may or may not have been applied. */
  unknown: DocumentName & { commitId: string }
  /** A change of `_id`, or of the field in which the adapter keeps version and commit id. */
  'immutable-field': { path: Path }
  /** A filter that the adapter cannot run. */
  'unsupported-query': { operator: string }
  /** An adapter could not open, read or write its storage. */
  adapter: { reason: string }
  /** A collection or adapter used after `close()`. */
  closed: { what: string }
  /** More edits of the document wait for their commit than `maxPending` allows. */
  busy: DocumentName & { maxPending: number }
  /** The call took longer than `timeoutMS`. */
  timeout: { timeoutMS: number }
}

/** Names the document that an error is about. */
export interface DocumentName {
  readonly collection: string
  readonly id: unknown
}

/** One issue that a schema has with a value. */
export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly unknown[] | undefined
}

/** The `code` of a {@link CowslipError}. */
export type ErrorCode = keyof ErrorDetails

/** One clash of two changes: its path, the value in the base, and the value that each side made of it. */
export interface Conflict {
  readonly path: Path
  readonly base: unknown
  readonly ours: unknown
  readonly theirs: unknown
}

/** Details of a `conflict` error. */
export interface ConflictDetails {
  readonly conflicts: readonly Conflict[]
}

/**
 * The class of every error that Cowslip throws. `code` is stable and meant for programs. `message` says
 * what was expected, what was received and what to do. The shape of `details` depends on the code. Errors
 * of the user's own code (recipes, listeners, schemas) are passed on unchanged.
 *
 * @example
 * import { CowslipError, createStore } from 'cowslip'
 * const store = createStore({ name: 'Ada' })
 * try {
 *   store.edit(draft => { draft.name = new WeakMap() as never })
 * } catch (error) {
 *   if (!(error instanceof CowslipError)) throw error
 *   error.code // 'unsupported-value'
 *   error.details // { path: ['name'], received: 'an instance of WeakMap' }
 * }
 */
export class CowslipError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C
  readonly details: Readonly<ErrorDetails[C]>

  constructor(code: C, message: string, details: ErrorDetails[C], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = Object.freeze(details)
  }

  override get name(): string {
    return 'CowslipError'
  }
}

/**
 * The error for a change that was made on another state than the one found. Nothing was applied. Each of
 * `conflicts` has the path, the value in the base, and the value that each side made of it.
 *
 * @example
 * import { ConflictError, createStore } from 'cowslip'
 * const store = createStore({ n: 1 })
 * const edit = store.begin()
 * edit.draft.n = 2
 * store.edit(draft => { draft.n = 3 })
 * try {
 *   edit.commit()
 * } catch (error) {
 *   if (!(error instanceof ConflictError)) throw error
 *   error.conflicts // [{ path: ['n'], base: 1, ours: 2, theirs: 3 }]
 * }
 */
export class ConflictError extends CowslipError<'conflict'> {
  constructor(message: string, conflicts: readonly Conflict[], cause?: unknown) {
    super('conflict', message, { conflicts: Object.freeze([...conflicts]) }, cause)
  }

  override get name(): string {
    return 'ConflictError'
  }

  /** The clashes, in the order in which they were found. */
  get conflicts(): readonly Conflict[] {
    return this.details.conflicts
  }
}

/**
 * The error for a document that its schema refuses. Nothing was sent. Each of `issues` has a path and a
 * message; issues that the stored document had before are left out.
 *
 * @example
 * import { InvalidError, createCollection } from 'cowslip'
 * import { memoryAdapter } from 'cowslip/memory'
 * import { z } from 'zod'
 * const schema = z.object({ _id: z.string(), age: z.number().min(0, 'not below 0') })
 * const people = createCollection('people', { adapter: memoryAdapter(), schema })
 * const ada = await people.insert({ _id: 'ada', age: 36 })
 * try {
 *   await ada.edit(draft => { draft.age = -1 })
 * } catch (error) {
 *   if (!(error instanceof InvalidError)) throw error
 *   error.issues[0].path // ['age']
 *   error.issues[0].message // 'not below 0'
 * }
 */
export class InvalidError extends CowslipError<'invalid'> {
  /** Creates the error; `what` describes the document in the text. */
  constructor(issues: readonly SchemaIssue[], what: string) {
    const texts = issues.map(({ path = [], message }) => {
      return path.length === 0 ? message : `${formatPath(path)}: ${message}`
    })
    super(
      'invalid',
      `Expected ${what} to be one that its schema allows. Received issues: ${texts.join('; ')}. ` +
        'Nothing was sent: change the document.',
      { issues: Object.freeze([...issues]) },
    )
  }

  override get name(): string {
    return 'InvalidError'
  }

  /** The issues of the schema with the document. */
  get issues(): readonly SchemaIssue[] {
    return this.details.issues
  }
}

/** Creates the error for a value at `path` that no document can hold. */
export function unsupportedValueError(
  path: Path,
  received: string,
  remedy: string,
): CowslipError<'unsupported-value'> {
  return new CowslipError(
    'unsupported-value',
    `Expected a plain object, array or leaf at ${formatPath(path)}. Received ${received}. ${remedy}`,
    { path, received },
  )
}

/** Creates the error for an argument that is not what `expected` says. */
export function badArgumentError(
  argument: string,
  expected: string,
  value: unknown,
  remedy: string = `Pass ${expected}.`,
): CowslipError<'bad-argument'> {
  const received = describeValue(value)
  return new CowslipError(
    'bad-argument',
    `Expected ${expected} as ${argument}. Received ${received}. ${remedy}`,
    { argument, received },
  )
}
