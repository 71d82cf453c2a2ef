// The writes of a transaction: the commit of each document that it edited, inserted or deleted.
import type { CallOptions, Commit, TransactionRead } from '../../adapters/contract.ts'
import { apply } from '../../changes/apply.ts'
import { composeOps } from '../../changes/compose.ts'
import { createChangeSet, type ChangeInfo, type ChangeSet } from '../../changes/change-set.ts'
import { diffSnapshots } from '../../changes/diff/diff.ts'
import { EMPTY_OP, type ObjectOp, type Op } from '../../changes/ops/ops.ts'
import { randomId } from '../../changes/random-id.ts'
import { createWholeChange } from '../versions/whole-change.ts'
import type { DocumentWork } from './collecting-transaction.ts'

/** One write of a transaction. */
export interface Write {
  readonly work: DocumentWork
  readonly commit: Commit
  /** The op of an edit; null for an insert, a delete, and a document that is made anew. */
  readonly op: ObjectOp | null
  /** The state after it; of a delete, before it. */
  readonly next: object
}

/** One write that is stored: the change set of an update, and the state after it; of a delete, before it. */
export interface Written {
  readonly write: Write
  readonly change: ChangeSet | null
  readonly state: object
}

/**
 * Returns the writes of a transaction, and the documents that it only read. `info` is what its change sets tell. Deletes come
 * first and inserts last, so that a unique value can move from document to document; edits come in the order of the callback.
 */
export function createWrites(
  all: readonly DocumentWork[],
  info: ChangeInfo,
): {
  readonly writes: readonly Write[]
  readonly reads: readonly TransactionRead[]
} {
  const writes = [...all]
    .sort((a, b) => rankOf(a) - rankOf(b) || a.order - b.order)
    .map(work => createWrite(work, info))
    .filter(write => write !== null)
  for (const { work, commit } of writes) work.document.trail?.noteOne(commit, info)
  const written = new Set(writes.map(({ work }) => work))
  const reads = all
    .filter(work => work.kind === 'stored' && !written.has(work))
    .map(({ document, guard, check }) => {
      return { ...guard, collection: document.collection, id: document.id, check }
    })
  return { writes, reads }
}

/** Returns the commits of writes, and after them the writes beside them. */
export async function commitsOf(
  writes: readonly Write[],
  limits: CallOptions,
): Promise<readonly Commit[]> {
  const beside = await Promise.all(
    writes.map(async ({ work, commit }) => work.document.trail?.writesBeside(commit, limits) ?? []),
  )
  return [...writes.map(({ commit }) => commit), ...beside.flat()]
}

const rankOf = ({ deleted, kind }: DocumentWork): number =>
  deleted ? 0 : kind === 'stored' ? 1 : 2

/** Creates the write of one document. Null: the document was only read. */
function createWrite(work: DocumentWork, info: ChangeInfo): Write | null {
  const { document, base, guard, deleted, kind } = work
  const { own } = document
  if (deleted) {
    if (kind === 'insert') return null
    if (own.isSoftDelete) return createUpdate(work, own.mark(base, true), null, base)
    const { collection, id } = document
    const about = { collection, id, base: work.older ?? own.strip(base) }
    const commit = { kind: 'delete', ...about, commitId: randomId(), guard } as const
    return { work, op: null, next: base, commit }
  }
  const { op, value } = resultOf(work)
  if (kind === 'insert') return createInsert(work, op, value, info)
  const checked = op && document.validateEdit(base, { op: op as ObjectOp, next: value }, info)
  if (checked === null) return null
  const stamp = own.stampUpdate(checked.next)
  const sent = composeOps(checked.op, stamp?.op ?? null, document.rules.leaves) ?? EMPTY_OP
  return createUpdate(work, sent as ObjectOp, checked.op, stamp?.next ?? checked.next)
}

function createInsert(work: DocumentWork, op: Op | null, value: object, info: ChangeInfo): Write {
  const { document, base } = work
  const { own, collection, id } = document
  // A document that is only marked as deleted is still there.
  if (own.isSoftDelete && document.status === 'deleted') {
    const marked = own.strip(document.marked ?? base)
    const next = own.stampUpdate(value)?.next ?? value
    const difference = diffSnapshots(marked, own.strip(next), document.rules)
    return createUpdate({ ...work, base: marked }, difference?.op ?? EMPTY_OP, null, next)
  }
  if (op !== null) document.assertMutable(op as ObjectOp)
  const next = document.validateNew(value, info)
  const stored = own.strip(next)
  const about = { kind: 'insert', collection, id, commitId: randomId() } as const
  const commit = { ...about, next: stored, ...document.shapeOfWrites }
  return { work, op: null, next, commit }
}

/** Creates the write of an update: `sent` with what the collection sets, `op` without it. */
function createUpdate(
  work: DocumentWork,
  sent: ObjectOp,
  op: ObjectOp | null,
  next: object,
): Write {
  const { document, base, guard, older } = work
  const { own, collection, id, rules } = document
  const commitId = randomId()
  const stored = own.strip(work.deleted ? (apply(base, sent) as object) : next)
  const about = { id: commitId, baseVersion: guard.version }
  const changeSet =
    older === null
      ? createChangeSet(sent, base, stored, rules.leaves, about)
      : createWholeChange(older, stored, rules, about)
  const named = { kind: 'update', collection, id, commitId } as const
  const commit: Commit = { ...named, next: stored, changeSet, guard, ...document.shapeOfWrites }
  return { work, op, next, commit }
}

function resultOf({ scope, reversed, base }: DocumentWork): { op: Op | null; value: object } {
  if (reversed !== null) return { op: reversed.op, value: reversed.next }
  return scope === null ? { op: null, value: base } : scope.finish()
}
