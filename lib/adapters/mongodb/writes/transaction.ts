// Runs a transaction of the contract as a transaction of the server. The driver's `withTransaction` retries
// transient errors; a clash aborts it and becomes a result.
import type { Commit, CommitResult, TransactionRead } from '../../contract.ts'
import type { Bookkeeper } from '../update/bookkeeping.ts'
import { outcomeOf, writeErrorsOf } from '../errors.ts'
import type { Operation } from '../update/operations.ts'
import type { Write } from './batch-sender.ts'
import { sendAlone, versionAfter } from './send-alone.ts'
import { createStatement } from './statements.ts'
import type { MongoCollection, MongoDatabase, MongoSession } from '../driver.ts'

/** Thrown to abort the driver's transaction; carries the results. */
class TransactionAbort extends Error {
  readonly results: CommitResult[]

  constructor(results: CommitResult[]) {
    super('Not all of a transaction fits')
    this.results = results
  }
}

/** The parts of the adapter that a transaction needs. */
export interface TransactionContext {
  readonly db: MongoDatabase
  readonly books: Bookkeeper
  readonly options: object
  /** The limits of each command. */
  readonly limits: object
  collection(name: string): MongoCollection
  createOperation(commit: Commit): Operation
}

/**
 * Applies all commits or none, in a transaction of the server. Documents read with `serial` are stamped, so
 * that another transaction that writes them clashes with this one. After an abort all results say why.
 * Errors of the driver are thrown.
 */
export async function runTransaction(
  sending: TransactionContext,
  commits: readonly Commit[],
  reads: readonly TransactionRead[],
): Promise<CommitResult[]> {
  const session = sending.db.client.startSession()
  // A snapshot of one moment, which no fail-over takes back.
  const reading = reads.every(isSerial) ? {} : { readConcern: { level: 'snapshot' } }
  try {
    return await session.withTransaction(() => sendAll(sending, session, commits, reads), {
      ...sending.options,
      ...reading,
    })
  } catch (error) {
    if (error instanceof TransactionAbort) return error.results
    throw error
  } finally {
    await session.endSession()
  }
}

/**
 * Applies commits within a transaction that is under way. If one of them does not fit or is refused, others may be written:
 * the caller must abort. Errors of the driver are thrown.
 */
export async function runInTransaction(
  sending: TransactionContext,
  session: object,
  commits: readonly Commit[],
  reads: readonly TransactionRead[],
): Promise<CommitResult[]> {
  try {
    return await sendAll(sending, session as MongoSession, commits, reads)
  } catch (error) {
    if (error instanceof TransactionAbort) return error.results
    throw error
  }
}

const isSerial = ({ check }: TransactionRead): boolean => check !== 'snapshot'

/** Sends one command after another: a session takes one call at a time. */
async function sendAll(
  { books, collection, createOperation, limits }: TransactionContext,
  session: MongoSession,
  commits: readonly Commit[],
  reads: readonly TransactionRead[],
): Promise<CommitResult[]> {
  const abort = (result: CommitResult): TransactionAbort => {
    return new TransactionAbort(commits.length === 0 ? [result] : commits.map(() => result))
  }
  const [stamped, seen] = [reads.filter(isSerial), reads.filter(read => !isSerial(read))]
  for (const read of stamped) {
    const filter = books.filter(read.id, read)
    const stamp = { $set: { [books.path('r')]: crypto.getRandomValues(new Uint8Array(8)) } }
    const documents = collection(read.collection)
    const { matchedCount } = await documents.updateOne(filter, stamp, { ...limits, session })
    if (matchedCount === 0) throw abort({ status: 'conflict' })
  }
  for (const name of new Set(seen.map(read => read.collection))) {
    const filters = seen
      .filter(read => read.collection === name)
      .map(read => books.filter(read.id, read))
    const options = { ...limits, session, projection: { _id: 1 } }
    const found = await collection(name).find({ $or: filters }, options).toArray()
    if (found.length < filters.length) throw abort({ status: 'conflict' })
  }
  // Before anything is sent: one that cannot be stored leaves nothing behind.
  const writes = commits.map(commit => ({ commit, operation: createOperation(commit) }))
  const versions = new Map<Commit, number>()
  for (const name of new Set(commits.map(commit => commit.collection))) {
    const own = writes.filter(({ commit }) => commit.collection === name)
    const made = await sendOwn(collection(name), own, books, { ...limits, session }).catch(
      (error: unknown) => {
        throw abortOf(error, own, commits)
      },
    )
    if (made === null) throw abort({ status: 'conflict' })
    own.forEach(({ commit }, i) => versions.set(commit, made[i] as number))
  }
  return commits.map(commit => {
    const { commitId } = commit
    return { status: 'committed', version: versions.get(commit) as number, commitId }
  })
}

/** Sends the writes of one collection, several in one bulk write. Returns their versions; null: one of them is stale. */
async function sendOwn(
  documents: MongoCollection,
  writes: readonly Write[],
  books: Bookkeeper,
  options: object,
): Promise<readonly number[] | null> {
  const [{ commit, operation }, second] = writes as readonly [Write, Write?]
  if (second === undefined) {
    const version = await sendAlone(documents, commit, operation, books, options)
    return version === null ? null : [version]
  }
  const statements = writes.map(write => createStatement(write.operation))
  const result = await documents.bulkWrite(statements, { ...options, ordered: true })
  const applied = result.insertedCount + result.matchedCount + result.deletedCount
  return applied < writes.length ? null : writes.map(write => versionAfter(write.commit))
}

/** Returns what aborts a transaction after an error: the outcome of the write at fault, if the server refused it. */
function abortOf(error: unknown, writes: readonly Write[], commits: readonly Commit[]): unknown {
  const [failed] = writeErrorsOf(error)
  const { commit } = writes[failed?.index ?? 0] as Write
  const outcome = outcomeOf(error, commit.commitId)
  // The driver retries other errors, or reports them.
  if (outcome.status !== 'rejected') return error
  return new TransactionAbort(commits.map(c => (c === commit ? outcome : { status: 'conflict' })))
}
