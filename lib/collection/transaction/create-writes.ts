// The writes of a transaction: the commit of each document that it edited, inserted or deleted.
import type { Commit, TransactionRead } from '../../adapters/contract.ts'
import { createChangeSet, type ChangeSet } from '../../changes/change-set.ts'
import type { ObjectOp, Op } from '../../changes/ops/ops.ts'
import { randomId } from '../../changes/random-id.ts'
import type { DocumentWork } from './collecting-transaction.ts'

/** One write of a transaction. */
export interface Write {
  readonly work: DocumentWork
  readonly commit: Commit
  readonly op: ObjectOp | null
}

/** One write that is stored: the change set of an update, and the state after it; of a delete, before it. */
export interface Written {
  readonly write: Write
  readonly change: ChangeSet | null
  readonly state: object
}

/** Returns the writes of a transaction, and the documents that it only read. */
export function createWrites(all: readonly DocumentWork[]): {
  readonly writes: readonly Write[]
  readonly reads: readonly TransactionRead[]
} {
  const writes = all.map(createWrite).filter(write => write !== null)
  const written = new Set(writes.map(({ work }) => work))
  const reads = all
    .filter(work => work.kind === 'stored' && !written.has(work))
    .map(({ document, guard, check }) => {
      return { ...guard, collection: document.collection, id: document.id, check }
    })
  return { writes, reads }
}

/** Creates the write of one document. Null: the document was only read. */
function createWrite(work: DocumentWork): Write | null {
  const { document, base, guard, deleted, kind } = work
  const { collection, id } = document
  const commitId = randomId()
  if (deleted) {
    if (kind === 'insert') return null
    return { work, op: null, commit: { kind: 'delete', collection, id, commitId, guard } }
  }
  const { op, value } = resultOf(work)
  if (kind === 'insert') {
    if (op !== null) document.assertMutable(op as ObjectOp)
    const next = document.validateNew(value)
    return { work, op: null, commit: { kind, collection, id, commitId, next } }
  }
  const checked = op && document.validateEdit(base, { op: op as ObjectOp, next: value })
  if (checked === null) return null
  const info = { id: commitId, baseVersion: guard.version }
  const { op: sent, next } = checked
  const change = createChangeSet(sent, base, next, document.rules.leaves, info)
  const commit: Commit = {
    kind: 'update',
    collection,
    id,
    commitId,
    next,
    changeSet: change,
    guard,
  }
  return { work, op: sent, commit }
}

function resultOf({ scope, reversed, base }: DocumentWork): { op: Op | null; value: object } {
  if (reversed !== null) return { op: reversed.op, value: reversed.next }
  return scope === null ? { op: null, value: base } : scope.finish()
}
