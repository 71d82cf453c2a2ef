// Runs a transaction's callback within a transaction of the caller's session: what it collects is written at once, and
// stored when the caller commits.
import type { ChangeInfo, ChangeSet } from '../../changes/change-set.ts'
import { ConflictError, badArgumentError } from '../../document/messages/errors.ts'
import { describeDocument } from '../calls/outcome.ts'
import { Deadline } from '../calls/deadline.ts'
import type { DocumentEditOptions } from '../call-types.ts'
import { checkLimits } from '../options.ts'
import type { Draft } from '../../document/types.ts'
import type { LiveDocument } from '../document/live-document.ts'
import { CollectingTransaction, type DocumentWork } from './collecting-transaction.ts'
import { commitsOf, createWrites } from './create-writes.ts'
import { scopeOf, type SessionScope } from './session-scope.ts'
import type { Transaction } from './transaction-types.ts'
import { worksOf } from './works-of.ts'

/** Runs `callback` and writes what it collects. Resolves to its result and the change sets of its updates. */
export async function runInSession<R>(
  callback: (tx: Transaction) => R | Promise<R>,
  session: object,
  deadline: Deadline,
  info: ChangeInfo,
): Promise<{ readonly result: R; readonly changes: readonly ChangeSet[] }> {
  const scope = await scopeOf(session)
  return scope.run(async () => {
    for (;;) {
      deadline.throwIfOver()
      const collecting = new CollectingTransaction(document => scope.view(document))
      try {
        const result = await callback(collecting)
        const all = worksOf(collecting)
        const [first] = all
        if (first === undefined) return { result, changes: [] }
        const { adapter } = first.document
        if (adapter.capabilities.sessions !== true) {
          throw badArgumentError('session', 'nothing, for this adapter takes no sessions', session)
        }
        for (const { document } of all) await scope.hold(document, deadline)
        // What the transaction sees of a document is known once it is held.
        if (!all.every(work => scope.isAsSeen(work))) continue
        deadline.throwIfOver()
        return { result, changes: await sendWithin(all, scope, deadline, info) }
      } finally {
        collecting.end()
      }
    }
  })
}

/**
 * Sends the work of a transaction within a transaction of the caller's session. Returns the change sets of its updates.
 * Errors of the storage are thrown as they are.
 */
async function sendWithin(
  all: readonly DocumentWork[],
  scope: SessionScope,
  deadline: Deadline,
  info: ChangeInfo,
): Promise<ChangeSet[]> {
  const [first] = all as readonly [DocumentWork]
  const { adapter, name } = first.document
  const { writes, reads } = createWrites(all, info)
  for (const { work, commit } of writes) work.document.noteOwn(commit.commitId)
  const { session } = scope
  const commits = await commitsOf(writes, { timeoutMS: deadline.leftMS, session })
  deadline.noteSent(name, commits[0]?.commitId ?? '')
  const limits = { timeoutMS: deadline.leftMS, session }
  const results = (await adapter.transaction?.(commits, reads, limits)) ?? []
  for (const [i, result] of results.entries()) {
    const { document } = writes[i]?.work ?? first
    if (result.status === 'rejected' || result.status === 'unknown')
      throw document.errorOfResult(result)
    if (result.status !== 'committed') {
      throw new ConflictError(
        `Expected ${describeDocument(name)} as the transaction has seen it. Received another version. A part may be ` +
          'written: abort the transaction, and run it again.',
        [],
      )
    }
  }
  results.forEach((result, i) => {
    const write = writes[i]
    if (result.status === 'committed' && write !== undefined) scope.note(write, result, info)
  })
  return writes.flatMap(({ commit }) => (commit.kind === 'update' ? [commit.changeSet] : []))
}

/** Edits one document within a transaction of the caller's session. Takes no options but limits. */
export async function editInSession<T extends object>(
  document: LiveDocument<T>,
  recipe: (draft: Draft<T>) => unknown,
  { session, ...limits }: DocumentEditOptions,
  collectionMS: number,
): Promise<ChangeSet | null> {
  checkLimits(limits)
  const { timeoutMS = collectionMS, signal } = limits
  const deadline = new Deadline(timeoutMS, signal, document.name)
  const edit = (tx: Transaction): void => tx.edit(document, recipe)
  const { changes } = await deadline.race(runInSession(edit, session as object, deadline, {}))
  return changes[0] ?? null
}
