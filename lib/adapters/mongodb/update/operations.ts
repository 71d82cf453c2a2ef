// What is sent for a commit: the document of an insert, or filter and update of a conditional write. A guard of the version
// is a filter by version and commit id; a guard of fields is a filter by what was seen, and by the ring, which keeps a
// commit from being applied twice.
import { partsOf } from '../../../changes/change-set.ts'
import type { Dictionary } from '../../../document/containers.ts'
import type { ObjectOp } from '../../../changes/ops/ops.ts'
import type { Commit, FieldGuard, UpdateGuard } from '../../contract.ts'
import { packId, type Bookkeeper, type BookUpdate } from './bookkeeping.ts'
import { checkNewValues, checkValues } from './check-values.ts'
import { createFieldCondition, createPlainConditions, isObjectAt } from './field-filter.ts'
import { createDocumentExpression } from './pipeline-update.ts'
import { assertShardKeyStays, shardFilter } from './shard-key.ts'
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
  /**
   * Updates a document that is at the version which its writer saw, likewise. In a batch it is tried first, because its
   * outcome is known without a read.
   */
  readonly exact?: UpdateOperation
  /** The update for a document where this one does not fit, because a parent is no object any more. */
  readonly fallback?: UpdateOperation
}

/** A conditional delete. */
export interface DeleteOperation {
  readonly kind: 'delete'
  readonly filter: Dictionary
}

/** The properties that the operations of one collection share. */
export interface OperationRules {
  readonly books: Bookkeeper
  /** The paths of the shard key, which each filter has; empty: the collection is not sharded. */
  readonly shardKey: readonly string[]
  /** Whether documents get a ring of commit ids. */
  readonly hasRing: boolean
  /** Whether other programs write the documents without a version. */
  readonly foreignWriters: boolean
}

type Update = Extract<Commit, { kind: 'update' }>

/** Creates the operation of a commit. Throws `unsupported-value` for values that MongoDB cannot store. O(changed). */
export function createOperation(commit: Commit, rules: OperationRules): Operation {
  const { books, shardKey } = rules
  if (commit.kind === 'update') return createUpdateOperation(commit, rules)
  if (commit.kind === 'delete') {
    const shard = commit.base === undefined ? {} : shardFilter(commit.base, shardKey)
    return { kind: 'delete', filter: { ...books.filter(commit.id, commit.guard), ...shard } }
  }
  checkValues(commit.next, [])
  const own = books.create(commit.commitId, rules.hasRing, commit.shape)
  return { kind: 'insert', document: { ...commit.next, ...own } }
}

function createUpdateOperation(commit: Update, rules: OperationRules): UpdateOperation {
  const { id, commitId, guard } = commit
  const { books, shardKey } = rules
  const { op } = partsOf(commit.changeSet)
  const next = commit.next as Dictionary
  // Unchanged values were checked when they were written.
  checkNewValues(op)
  assertShardKeyStays(op, shardKey)
  const shard = shardFilter(next, shardKey)
  if (guard.fields === undefined) {
    const { shape } = commit
    const own = { commitId, version: guard.version + 1, hasRing: rules.hasRing, shape }
    const update = createUpdate(op, next, () => next, rules)
    return {
      kind: 'update',
      filter: { ...books.filter(id, guard), ...shard },
      update: Array.isArray(update)
        ? [replacement({ $literal: next }, own, books)]
        : withBooks(update as MongoOperators | null, own, books),
      isFree: false,
    }
  }
  return createFreeOperation(commit, op, guard.fields, rules)
}

/** Creates an update that is guarded by what it touched, or by nothing. */
function createFreeOperation(
  commit: Update,
  op: ObjectOp,
  fields: readonly FieldGuard[],
  { books, shardKey }: OperationRules,
): UpdateOperation {
  const { id, commitId, guard, shape } = commit
  const next = commit.next as Dictionary
  const shard = { ...shardFilter(next, shardKey), ...shapeFilter(guard, books) }
  const own = { commitId, version: null, hasRing: true, shape }
  const filter = { _id: id, ...shard, [books.path('ring')]: { $ne: packId(commitId) } }
  const guarded = fields.length === 0 ? filter : { ...filter, ...createFieldCondition(fields) }
  const isFree = true
  const createPipeline = (): UpdateOperation => {
    const document = createDocumentExpression(op, next, fields)
    const update = [replacement(document, own, books)]
    return { kind: 'update', filter: guarded, update, isFree }
  }
  const free = createFreeUpdate(op, next, fields)
  if (free === null) return createPipeline()
  const { operators, arrayFilters } = free
  const update = withBooks(operators, own, books)
  if (arrayFilters.length > 0)
    return { kind: 'update', filter: guarded, update, arrayFilters, isFree }
  // Without guards nobody knows whether the parent of an edited field is an object still.
  const parents = fields.length === 0 ? parentsOf(op).flatMap(isObjectAt) : []
  const conditions = fields.length === 0 ? parents : createPlainConditions(fields)
  const known = { commitId, version: guard.version + 1, hasRing: true, shape }
  const exact: UpdateOperation | null = conditions && {
    kind: 'update',
    filter: { ...books.filter(id, guard), ...shard, ...allOf(conditions) },
    update: withBooks(operators, known, books),
    isFree: false,
  }
  return {
    kind: 'update',
    filter: { ...guarded, ...allOf(parents) },
    update,
    isFree,
    ...(exact && { exact }),
    ...(parents.length > 0 && { fallback: createPipeline() }),
  }
}

/** Returns the condition that a document has the shape which its writer saw. */
function shapeFilter({ shape = 0 }: UpdateGuard, books: Bookkeeper): Dictionary {
  return { [books.path('s')]: shape === 0 ? { $exists: false } : shape }
}

const allOf = (conditions: readonly Dictionary[]): Dictionary =>
  conditions.length === 0 ? {} : { $and: conditions }

/** Returns the paths of the objects below which an op edits. */
function parentsOf(op: ObjectOp, prefix = ''): string[] {
  return [...op.keys].flatMap(([key, child]) => {
    if (child.kind !== 'object') return []
    return [`${prefix}${key}`, ...parentsOf(child, `${prefix}${key}.`)]
  })
}

function withBooks(
  operators: MongoOperators | null,
  own: BookUpdate,
  books: Bookkeeper,
): Dictionary {
  const { $set, $inc, $push } = books.operators(own)
  const { $set: changed, ...others } = operators ?? {}
  const update: Record<string, Dictionary> = { $set: { ...changed, ...$set }, ...others }
  if ($inc !== null) update.$inc = $inc
  if ($push !== null) update.$push = { ...update.$push, ...$push }
  return update
}

/** The stage that replaces the document by an expression, with new books. */
const replacement = (
  document: string | Dictionary,
  own: BookUpdate,
  books: Bookkeeper,
): Dictionary => ({ $replaceWith: { $mergeObjects: [document, books.expressions(own)] } })
