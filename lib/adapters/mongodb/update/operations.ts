// What is sent for a commit: the document of an insert, or filter and update of a conditional write. A guard of the version
// is a filter by version and commit id; a guard of fields is a filter by what was seen, and by the ring, which keeps a
// commit from being applied twice.
import { partsOf } from '../../../changes/change-set.ts'
import { mapOp } from '../../../changes/ops/map-op.ts'
import type { Dictionary } from '../../../document/containers.ts'
import type { Commit } from '../../contract.ts'
import {
  createBookExpression,
  createBookOperators,
  createGuardFilter,
  packId,
  type Bookkeeping,
} from './bookkeeping.ts'
import { checkValues } from './check-values.ts'
import { createFieldCondition } from './field-filter.ts'
import { createDocumentExpression } from './pipeline-update.ts'
import { createFreeUpdate, createUpdate, type MongoOperators } from './to-mongo-update.ts'

/** One operation of the driver. */
export type Operation = InsertOperation | UpdateOperation | DeleteOperation

/** The insert of a document. */
export interface InsertOperation {
  readonly kind: 'insert'
  readonly document: Dictionary
}

/** A conditional update. */
export interface UpdateOperation {
  readonly kind: 'update'
  readonly filter: Dictionary
  readonly update: Dictionary | readonly Dictionary[]
  /** Conditions for the array elements that paths of the update name; absent: there are none. */
  readonly arrayFilters?: readonly Dictionary[]
  /** Whether the filter leaves the version open: the answer tells which one the update made. */
  readonly isFree: boolean
}

/** A conditional delete. */
export interface DeleteOperation {
  readonly kind: 'delete'
  readonly filter: Dictionary
}

/** The properties that the operations of one collection share. */
export interface OperationRules {
  /** The field with the bookkeeping. */
  readonly field: string
  /** Whether documents get a ring of commit ids. */
  readonly hasRing: boolean
  /** Whether other programs write the documents without a version. */
  readonly foreignWriters: boolean
}

type Update = Extract<Commit, { kind: 'update' }>

/** Creates the operation of a commit. Throws `unsupported-value` for values that MongoDB cannot store. O(changed). */
export function createOperation(commit: Commit, rules: OperationRules): Operation {
  const { field } = rules
  if (commit.kind === 'update') return createUpdateOperation(commit, rules)
  if (commit.kind === 'delete') {
    return { kind: 'delete', filter: createGuardFilter(commit.id, commit.guard, field) }
  }
  checkValues(commit.next, [])
  const c = packId(commit.commitId)
  const books = { v: 1, c, ...(rules.hasRing && { ring: [c] }) }
  return { kind: 'insert', document: { ...commit.next, [field]: books } }
}

function createUpdateOperation(commit: Update, rules: OperationRules): UpdateOperation {
  const { id, commitId, guard } = commit
  const { op } = partsOf(commit.changeSet)
  const next = commit.next as Dictionary
  // Unchanged values were checked when they were written.
  mapOp(op, (value, path) => (checkValues(value, path), value))
  const { field } = rules
  if (guard.fields === undefined) {
    const books = { field, commitId, version: guard.version + 1, hasRing: rules.hasRing }
    const whole = (): object => ({ ...next, [field]: null })
    const update = createUpdate(op, next, whole, rules)
    return {
      kind: 'update',
      filter: createGuardFilter(id, guard, field),
      update: Array.isArray(update)
        ? [replacement({ $literal: next }, books)]
        : withBooks(update as MongoOperators | null, books),
      isFree: false,
    }
  }
  const books = { field, commitId, version: null, hasRing: true }
  const filter = {
    _id: id,
    [`${field}.ring`]: { $ne: packId(commitId) },
    ...(guard.fields.length > 0 && createFieldCondition(guard.fields)),
  }
  const free = createFreeUpdate(op, next, guard.fields)
  if (free === null) {
    const document = createDocumentExpression(op, next, guard.fields)
    return { kind: 'update', filter, update: [replacement(document, books)], isFree: true }
  }
  const { operators, arrayFilters } = free
  return {
    kind: 'update',
    filter,
    update: withBooks(operators, books),
    ...(arrayFilters.length > 0 && { arrayFilters }),
    isFree: true,
  }
}

function withBooks(operators: MongoOperators | null, books: Bookkeeping): Dictionary {
  const own: Readonly<Record<string, Dictionary>> = createBookOperators(books)
  const update: Record<string, Dictionary> = { $set: {}, ...(operators as object) }
  for (const [operator, entries] of Object.entries(own)) {
    if (Object.keys(entries).length > 0) update[operator] = { ...update[operator], ...entries }
  }
  return update
}

/** The stage that replaces the document by an expression, with new books. */
function replacement(document: string | Dictionary, books: Bookkeeping): Dictionary {
  const { field } = books
  const own = { [field]: createBookExpression(books) }
  return { $replaceWith: { $mergeObjects: [document, own] } }
}
