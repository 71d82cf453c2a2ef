// The documents that a transaction of the caller's session has written: held until its end is known. Nobody else writes
// them meanwhile in this process, and their state, listeners and history wait for the commit.
//
//   first call on a document   locked, and read within the transaction: what it shows is the base
//   further calls              build on what the session has written
//   the transaction has ended  committed: the documents move through what was written, in order
//                              aborted, or begun anew: what was written is dropped
//                              the answer to the commit was lost: the commit ids of the documents tell
import type { CommitResult, StoredDocument } from '../../adapters/contract.ts'
import { versionOfCommit } from '../../adapters/ring.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import { storageError } from '../calls/outcome.ts'
import type { Deadline } from '../calls/deadline.ts'
import { viewOf, type AnyDocument, type DocumentView } from './collecting-transaction.ts'
import type { Write } from './create-writes.ts'

/** The part of a driver's session that is read. */
interface Session {
  inTransaction?(): boolean
  once?(event: 'ended', listener: () => void): unknown
  /** Made anew for each transaction; it knows how its own one ended. */
  readonly transaction?: { readonly isActive?: boolean; readonly state?: unknown }
  readonly hasEnded?: boolean
}

/** One write within the transaction, and its result. */
interface Written extends Write {
  readonly result: Extract<CommitResult, { status: 'committed' }>
}

interface Held {
  readonly release: () => void
  /** The stored document where the transaction sees a newer one than the live document shows. */
  readonly newer: StoredDocument | null
  view: DocumentView
  readonly written: Written[]
}

/** The pauses between two looks at whether a transaction has ended, in milliseconds: at first, and at most. */
const FIRST_PAUSE_MS = 2
const MAX_PAUSE_MS = 50

const scopes = new WeakMap<object, SessionScope>()

/** Returns the scope of the transaction that is under way in a session. Throws `bad-argument` if there is none. */
export async function scopeOf(session: object): Promise<SessionScope> {
  const { inTransaction, transaction } = Object(session) as Session
  if (inTransaction?.call(session) !== true) {
    throw badArgumentError('session', 'a session with a transaction under way', session)
  }
  const known = scopes.get(session)
  if (known !== undefined && known.attempt === transaction) return known
  const scope = new SessionScope(session)
  scopes.set(session, scope)
  await known?.finish()
  return scope
}

/** One transaction of a session of the caller's. */
export class SessionScope {
  /** The driver's object for the transaction. */
  readonly attempt: Session['transaction']
  readonly session: object
  private readonly held = new Map<AnyDocument, Held>()
  private tail: Promise<unknown> = Promise.resolve()
  private finishing: Promise<void> | null = null

  constructor(session: object) {
    const { transaction, once } = session as Session
    this.session = session
    this.attempt = transaction
    once?.call(session, 'ended', () => void this.finish())
    void this.watchEnd()
  }

  /** Runs tasks one after another: a session takes one call at a time. */
  run<R>(task: () => Promise<R>): Promise<R> {
    const work = this.tail.then(task)
    this.tail = work.catch(() => {})
    return work
  }

  /** Returns a document as the transaction sees it. */
  view(document: AnyDocument): DocumentView {
    return this.held.get(document)?.view ?? viewOf(document)
  }

  /** Holds a document, and reads it within the transaction. */
  async hold(document: AnyDocument, deadline: Deadline): Promise<void> {
    if (this.held.has(document) || document.status === 'new') return
    const locking = document.lock()
    let release: () => void
    try {
      release = await deadline.race(locking)
    } catch (error) {
      void locking.then(free => free())
      throw error
    }
    try {
      const { adapter, collection, id } = document
      const limits = { timeoutMS: deadline.leftMS, session: this.session }
      const [stored] = await adapter.load(collection, [id], limits)
      if (stored == null) throw document.missingError()
      const { version, commitId } = stored
      const base = document.peekStored(stored)
      const newer = base === document.state && version === document.version ? null : stored
      const view = { status: 'stored', base, guard: { version, commitId } } as const
      this.held.set(document, { release, newer, view, written: [] })
    } catch (error) {
      release()
      throw error
    }
  }

  /** Notes what was written within the transaction. */
  note(write: Write, result: Written['result']): void {
    const { work, commit } = write
    const status = commit.kind === 'delete' ? 'deleted' : 'stored'
    const base = commit.kind === 'delete' ? work.base : commit.next
    const view = { status, base, guard: result } as const
    const held = this.held.get(work.document)
    if (held === undefined) {
      const none = { release: () => {}, newer: null }
      this.held.set(work.document, { ...none, view, written: [{ ...write, result }] })
    } else {
      held.view = view
      held.written.push({ ...write, result })
    }
  }

  /** Waits until the transaction has ended, and finishes then. */
  private async watchEnd(): Promise<void> {
    for (
      let pause = FIRST_PAUSE_MS;
      this.finishing === null;
      pause = Math.min(2 * pause, MAX_PAUSE_MS)
    ) {
      await new Promise(resolve => setTimeout(resolve, pause).unref?.())
      const { transaction, hasEnded } = this.session as Session
      const isOver = transaction !== this.attempt || hasEnded === true
      if (isOver) return this.finish()
      if (this.attempt?.isActive !== false) continue
      if (this.isAborted || (await this.findOutcome()) !== 'unknown') return this.finish()
    }
  }

  private get isAborted(): boolean {
    return String(this.attempt?.state).includes('ABORTED')
  }

  /** Moves the documents to what was committed, or drops it, and lets others write them. */
  finish(): Promise<void> {
    return (this.finishing ??= this.end())
  }

  private async end(): Promise<void> {
    await this.tail
    try {
      const outcome = this.isAborted ? 'dropped' : await this.findOutcome()
      for (const [document, held] of this.held) {
        if (outcome === 'committed') await moveThrough(document, held)
      }
    } finally {
      for (const { release } of this.held.values()) release()
      this.held.clear()
    }
  }

  /** Finds out by what is stored whether the transaction was committed. */
  private async findOutcome(): Promise<'committed' | 'unknown'> {
    const all = [...this.held].filter(([, { written }]) => written.length > 0)
    for (const [document, { written }] of all) {
      const { commit } = written.at(-1) as Written
      const stored = await document.readStored().catch(() => undefined)
      if (stored === undefined) continue
      const isGone = commit.kind === 'delete' && stored === null
      if (isGone || versionOfCommit(stored, commit.commitId) !== null) return 'committed'
    }
    return all.length === 0 ? 'committed' : 'unknown'
  }
}

async function moveThrough(document: AnyDocument, { newer, written }: Held): Promise<void> {
  const done = await document.acquireTurn()
  try {
    document.noteNews()
    if (newer !== null) document.moveToStored(newer)
    for (const { commit, op, result } of written) {
      if (commit.kind === 'delete') document.markDeleted(true)
      else document.moveToCommitted(op, commit.next, result)
    }
  } catch (error) {
    throw storageError(error)
  } finally {
    done()
  }
}
