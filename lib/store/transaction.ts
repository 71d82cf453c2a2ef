import type {
  Adapter,
  CallOptions,
  Commit,
  CommitResult,
  TransactionRead,
  VersionGuard,
} from '../adapters/contract.ts'
import { idKey } from '../adapters/ids.ts'
import { changeSet } from '../changes/change-set.ts'
import type { ObjectOp } from '../changes/ops.ts'
import { CowslipError, badArgument } from '../document/errors.ts'
import { randomId } from '../document/random-id.ts'
import type { Draft, Immutable } from '../document/types.ts'
import { StoreScope } from '../draft/store-scope.ts'
import { peek } from '../draft/peek.ts'
import type { Collection, DocumentStore, NewEntity } from './collection-types.ts'
import { Deadline } from './deadline.ts'
import { LiveDocument } from './live-document.ts'
import { checkFunction, checkOptions, checkSignal, checkTimeout } from './options.ts'
import { storageError } from './outcome.ts'
import { runRecipe } from './run-recipe.ts'

/** Collects the work of one transaction; nothing is sent before the callback has ended. */
export interface Transaction {
  /** The document as this transaction sees it. That it stays so until the end is checked. */
  read<T extends object>(document: DocumentStore<T>): Immutable<T>
  edit<T extends object>(document: DocumentStore<T>, recipe: (draft: Draft<T>) => unknown): void
  /** The new document; it is stored when the transaction is. */
  insert<T extends object>(collection: Collection<T>, entity: NewEntity<T>): DocumentStore<T>
  delete<T extends object>(document: DocumentStore<T>): void
}

/** Options of `transaction`. */
export interface TransactionOptions {
  readonly signal?: AbortSignal
  /** How long it may wait and be made again, in milliseconds; 30,000 by default. */
  readonly timeoutMS?: number
}

type AnyDocument = LiveDocument<any>

/** What a transaction does to one document. */
interface Work {
  readonly document: AnyDocument
  /** What it saw, and must find. */
  readonly base: object
  readonly guard: VersionGuard
  readonly kind: 'insert' | 'stored'
  scope: StoreScope | null
  deleted: boolean
}

/**
 * Edits several documents, of one or more collections of one adapter: all or nothing. The callback
 * collects the work and runs again only on a clash, so it must do nothing else; what it read is checked
 * too. Its result is the promise's. Events come once, after the commit. Rejects with what the callback
 * throws, and as `DocumentStore.edit`; then every document is as it was.
 *
 * @example
 * import { createCollection, transaction } from 'cowslip'
 * import { memoryAdapter } from 'cowslip/memory'
 * const accounts = createCollection<{ _id: string; sum: number }>('accounts', { adapter: memoryAdapter() })
 * const from = await accounts.insert({ _id: 'from', sum: 10 })
 * const to = await accounts.insert({ _id: 'to', sum: 0 })
 * await transaction(tx => {
 *   if (tx.read(from).sum < 5) throw new Error('not enough')
 *   tx.edit(from, draft => { draft.sum -= 5 })
 *   tx.edit(to, draft => { draft.sum += 5 })
 * })
 * to.state.sum // 5
 */
export async function transaction<R>(
  callback: (tx: Transaction) => R | Promise<R>,
  options: TransactionOptions = {},
): Promise<R> {
  checkFunction('callback', callback)
  checkOptions(options)
  checkSignal(options.signal)
  checkTimeout(options.timeoutMS)
  const what = 'the documents of a transaction'
  const deadline = new Deadline(options.timeoutMS ?? 30_000, options.signal, what)
  return deadline.race(runUntilDone(callback, deadline))
}

async function runUntilDone<R>(
  callback: (tx: Transaction) => R | Promise<R>,
  deadline: Deadline,
): Promise<R> {
  for (let attempt = 0; ; attempt++) {
    deadline.check()
    const collecting = new Collecting()
    try {
      const result = await callback(collecting)
      collecting.open = false
      if (await commitAll(collecting, deadline)) return result
    } finally {
      collecting.end()
    }
    await deadline.pause(attempt)
  }
}

class Collecting implements Transaction {
  open = true
  readonly works = new Map<AnyDocument, Work>()

  read<T extends object>(document: DocumentStore<T>): Immutable<T> {
    const { scope, base } = this.work(document)
    return (scope === null ? base : peek(scope, true).value) as Immutable<T>
  }

  edit<T extends object>(document: DocumentStore<T>, recipe: (draft: Draft<T>) => unknown): void {
    checkFunction('recipe', recipe)
    const work = this.work(document)
    work.scope ??= new StoreScope(work.base, work.document.rules)
    runRecipe(work.scope, recipe)
  }

  insert<T extends object>(collection: Collection<T>, entity: NewEntity<T>): DocumentStore<T> {
    this.assertOpen()
    const document = collection.wrap(entity)
    this.work(document)
    return document
  }

  delete<T extends object>(document: DocumentStore<T>): void {
    this.work(document).deleted = true
  }

  end(): void {
    this.open = false
    for (const { scope } of this.works.values()) scope?.end()
  }

  private work(document: unknown): Work {
    this.assertOpen()
    if (!(document instanceof LiveDocument)) {
      throw badArgument('document', 'a document of a collection', document)
    }
    const known = this.works.get(document)
    if (known?.deleted === true) throw document.missing()
    if (known !== undefined) return known
    if (document.status === 'deleted') throw document.missing()
    const kind = document.status === 'new' ? 'insert' : 'stored'
    const base = document.state as object
    const work: Work = {
      document,
      base,
      guard: document.guard(),
      kind,
      scope: null,
      deleted: false,
    }
    this.works.set(document, work)
    return work
  }

  private assertOpen(): void {
    if (this.open) return
    throw new CowslipError(
      'ended-edit',
      'Expected a transaction under way. Received a call after its callback had ended.',
      {},
    )
  }
}

/** Whether everything was applied; not, if somebody else was faster. */
async function commitAll({ works }: Collecting, deadline: Deadline): Promise<boolean> {
  const all = [...works.values()].sort((a, b) => (lockName(a) < lockName(b) ? -1 : 1))
  const [first] = all
  if (first === undefined) return true
  const { adapter } = first.document
  if (all.some(({ document }) => document.adapter !== adapter)) {
    throw badArgument('document', 'documents behind one adapter', first.document)
  }
  if (all.some((work, i) => i > 0 && lockName(work) === lockName(all[i - 1] as Work))) {
    throw badArgument('document', 'each document once, not through two collections', first.document)
  }
  if (adapter.transaction === undefined) {
    throw badArgument('adapter', 'an adapter that has transactions', adapter)
  }
  // In one order for everybody, so that nobody waits for ever.
  const releases: (() => void)[] = []
  try {
    for (const { document } of all) releases.push(await document.lock())
    for (const { document } of all) releases.push(await document.takeTurn())
    deadline.check()
    for (const { document } of all) await document.settleUnknown(deadline)
    if (all.some(({ document, base }) => document.state !== base)) return false
    return await send(adapter, all, deadline)
  } finally {
    for (const release of releases) release()
  }
}

const lockName = ({ document }: Work): string => `${document.collection}\0${idKey(document.id)}`

interface Write {
  readonly work: Work
  readonly commit: Commit
  readonly op: ObjectOp | null
}

async function send(adapter: Adapter, all: readonly Work[], deadline: Deadline): Promise<boolean> {
  const writes = all.map(writeOf).filter(write => write !== null)
  const written = new Set(writes.map(({ work }) => work))
  const reads = all
    .filter(work => work.kind === 'stored' && !written.has(work))
    .map(({ document, guard }) => ({ ...guard, collection: document.collection, id: document.id }))
  const [first] = all as readonly [Work]
  deadline.sends(first.document.name, writes[0]?.commit.commitId ?? '')
  const results = await ask(adapter, writes, reads, { timeoutMS: deadline.left })
  for (const { document } of all) document.hasLearned()
  for (const [i, result] of results.entries()) {
    const { document } = writes[i]?.work ?? (all[0] as Work)
    if (result.status === 'rejected' || result.status === 'unknown') throw document.refusal(result)
  }
  if (results.some(({ status }) => status !== 'committed')) {
    deadline.clashed(1)
    for (const { document, kind } of all) if (kind === 'stored') await document.load()
    return false
  }
  results.forEach((result, i) => land(writes[i] as Write, result))
  return true
}

async function ask(
  adapter: Adapter,
  writes: readonly Write[],
  reads: readonly TransactionRead[],
  options: CallOptions,
): Promise<CommitResult[]> {
  try {
    const commits = writes.map(({ commit }) => commit)
    return (await adapter.transaction?.(commits, reads, options)) ?? []
  } catch (error) {
    throw storageError(error)
  }
}

/** Null: it was only read. */
function writeOf(work: Work): Write | null {
  const { document, base, guard, scope, deleted, kind } = work
  const { collection, id } = document
  const commitId = randomId()
  if (deleted) {
    if (kind === 'insert') return null
    return { work, op: null, commit: { kind: 'delete', collection, id, commitId, guard } }
  }
  const { op, value } = scope === null ? { op: null, value: base } : scope.finish()
  if (kind === 'insert') {
    document.check(op as ObjectOp | null, value)
    return { work, op: null, commit: { kind, collection, id, commitId, next: value } }
  }
  if (op === null) return null
  document.check(op as ObjectOp, value)
  const info = { id: commitId, baseVersion: guard.version }
  const change = changeSet(op as ObjectOp, base, value, document.rules.leaves, info)
  const commit: Commit = {
    kind: 'update',
    collection,
    id,
    commitId,
    next: value,
    changeSet: change,
    guard,
  }
  return { work, op: op as ObjectOp, commit }
}

function land({ work, commit, op }: Write, result: CommitResult): void {
  if (result.status !== 'committed') return
  const { document } = work
  if (commit.kind === 'delete') document.gone()
  else document.land(op, commit.next, result)
}
