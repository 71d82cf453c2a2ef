import { describeValue } from './describe.ts'
import { formatPath, type Path } from '../paths/path.ts'

/** What each error code carries in `details`. */
export interface ErrorDetails {
  /** A value no store can track: an unknown class, a symbol key, a getter, a function for an adapter. */
  'unsupported-value': { path: Path; received: string }
  /** A value that contains itself, or is nested deeper than any database takes. */
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
  /** An edit begun inside an edit of the same store. */
  'nested-edit': Record<never, never>
  /** Listeners that edit in a circle. */
  'listener-loop': { listener: string; limit: number }
  /** A change set made from ops alone was asked for values of its base. */
  'needs-base': { asked: string }
  /** The base moved on: see {@link ConflictError}. */
  conflict: ConflictDetails
  /** The document is gone, or never was. */
  missing: DocumentName
  /** A document with this id, or with another unique value, exists already; `fields` are empty where the adapter does not say. */
  duplicate: DocumentName & { fields: readonly string[] }
  /** The adapter refused the write, and surely did not apply it; its reason is the `cause`. */
  rejected: DocumentName & { reason: string }
  /** The schema has issues with the next state: see {@link InvalidError}. */
  invalid: { issues: readonly SchemaIssue[] }
  /** The write may or may not have been applied. */
  unknown: DocumentName & { commitId: string }
  /** `_id`, or a field that the adapter keeps books in. */
  'immutable-field': { path: Path }
  /** A filter that the adapter does not run. */
  'unsupported-query': { operator: string }
  /** An adapter could not open, read or write its storage. */
  adapter: { reason: string }
  /** A collection or adapter used after `close()`. */
  closed: { what: string }
  /** It took longer than `timeoutMS`. */
  timeout: { timeoutMS: number }
}

/** Which document an error is about. */
export interface DocumentName {
  readonly collection: string
  readonly id: unknown
}

/** What a schema has against a value. */
export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly unknown[] | undefined
}

/** The `code` of a {@link CowslipError}. */
export type ErrorCode = keyof ErrorDetails

/** One clash: where, what was there, what each side made of it. */
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
 * Every refusal of Cowslip's. `code` is stable and meant for programs; `message` says what was
 * expected, what was received and what to do; `details` depends on the code. What the user's own
 * code throws is passed on as it is.
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
 * A change that was made on another base than the one found: nothing was applied. `conflicts`
 * lists where, what stood there, and what either side made of it.
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

  /** The clashes, in the order they were found. */
  get conflicts(): readonly Conflict[] {
    return this.details.conflicts
  }
}

/**
 * A document that its schema refuses: nothing was sent. `issues` lists where and why, an edit's own only.
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
  /** `what` is the document, in words. */
  constructor(issues: readonly SchemaIssue[], what: string) {
    const texts = issues.map(({ path = [], message }) => {
      return path.length === 0 ? message : `${formatPath(path as Path)}: ${message}`
    })
    super(
      'invalid',
      `Expected ${what} to be one that its schema allows. Received issues: ${texts.join('; ')}. ` +
        'Nothing was sent.',
      { issues: Object.freeze([...issues]) },
    )
  }

  override get name(): string {
    return 'InvalidError'
  }

  /** What the schema has against the document. */
  get issues(): readonly SchemaIssue[] {
    return this.details.issues
  }
}

/** What stands at `path` cannot be kept in a document. */
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

/** `argument` should have been `expected`. */
export function badArgumentError(
  argument: string,
  expected: string,
  value: unknown,
): CowslipError<'bad-argument'> {
  const received = describeValue(value)
  return new CowslipError(
    'bad-argument',
    `Expected ${expected} as ${argument}. Received ${received}.`,
    { argument, received },
  )
}
