// Runs a transaction of the contract as a transaction of the server. The driver's `withTransaction` retries
// transient errors; a clash aborts it and becomes a result.
import type { Commit, CommitResult, TransactionRead } from '../../contract.ts'
import type { Bookkeeper } from '../update/bookkeeping.ts'
import { outcomeOf } from '../errors.ts'
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
  /** Sends a commit. Returns the version that it made; null: the document was not in the state of the guard. */
  send(commit: Commit, options: object): Promise<number | null>
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

/** Applies all commits or none within a transaction that is under way. Errors of the driver are thrown. */
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

/** Sends one operation after another: a session takes one call at a time. */
async function sendAll(
  { books, collection, send, limits }: TransactionContext,
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
  const results: CommitResult[] = []
  for (const commit of commits) {
    const version = await send(commit, { ...limits, session }).catch(error => {
      const outcome = outcomeOf(error, commit.commitId)
      // The driver retries other errors, or reports them.
      if (outcome.status !== 'rejected') throw error
      throw new TransactionAbort(
        commits.map(c => (c === commit ? outcome : { status: 'conflict' })),
      )
    })
    if (version === null) throw abort({ status: 'conflict' })
    results.push({ status: 'committed', version, commitId: commit.commitId })
  }
  return results
}
