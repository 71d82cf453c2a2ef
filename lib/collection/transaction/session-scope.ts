// The documents that a transaction of the caller's session has written: held until its end is known. Nobody else writes
// them meanwhile in this process, and their state, listeners and history wait for the commit.
//
//   first call on a document   locked, and read within the transaction: what it shows is the base
//   further calls              build on what the session has written
//   the transaction has ended  committed: the documents move through what was written, in order
//                              aborted, or begun anew: what was written is dropped
//                              the answer to the commit was lost: the commit ids of the documents tell
import type { CommitResult, StoredDocument } from '../../adapters/contract.ts'
import type { ChangeInfo } from '../../changes/change-set.ts'
import { versionOfCommit } from '../../adapters/ring.ts'
import { isEqual } from '../../document/equality.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import type { Deadline } from '../calls/deadline.ts'
import {
  viewOf,
  type AnyDocument,
  type DocumentView,
  type DocumentWork,
} from './collecting-transaction.ts'
import type { Write, Written } from './create-writes.ts'
import { moveDocument } from './send-transaction.ts'
import { tellOf } from './tell-of.ts'

/** The part of a driver's session that is read. */
interface Session {
  inTransaction?(): boolean
  once?(event: 'ended', listener: () => void): unknown
  /** Made anew for each transaction; it knows how its own one ended. */
  readonly transaction?: { readonly isActive?: boolean; readonly state?: unknown }
  readonly hasEnded?: boolean
}

/** One write within the transaction, its result, and what its change set tells. */
interface Sent extends Write {
  readonly info: ChangeInfo
  readonly result: Extract<CommitResult, { status: 'committed' }>
}

interface Held {
  readonly release: () => void
  /** The document as the transaction saw it last, where others, or other calls of the session, wrote it. */
  newer: StoredDocument | null
  view: DocumentView
  /** The writes, and the documents that were seen in between, in order. */
  readonly steps: (Sent | StoredDocument)[]
}

/** The pauses between two looks at whether a transaction has ended, in milliseconds: at first, and at most. */
const FIRST_PAUSE_MS = 2
const MAX_PAUSE_MS = 50

/** The time in which the answer to a commit that was lost is looked for, in milliseconds. */
const MAX_SEARCH_MS = 1_000

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
  const { once } = session as Session
  if (known === undefined) once?.call(session, 'ended', () => void scopes.get(session)?.finish())
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
  private isCommitted = false
  /** The label and meta that were given last. */
  private told: ChangeInfo = {}

  constructor(session: object) {
    this.session = session
    this.attempt = (session as Session).transaction
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

  /** Whether a document is as the work on it has seen it. */
  isAsSeen({ document, base, guard }: DocumentWork): boolean {
    const now = this.view(document)
    const { version, commitId } = now.guard
    return now.base === base && version === guard.version && commitId === guard.commitId
  }

  /** Holds a document, and reads it within the transaction: other calls of the session may have written it. */
  async hold(document: AnyDocument, deadline: Deadline): Promise<void> {
    const known = this.held.get(document)
    if (known !== undefined) {
      if (known.view.status === 'stored') await this.look(document, known, deadline)
      return
    }
    if (document.status === 'new') return
    const locking = document.lock()
    let release: () => void
    try {
      release = await deadline.race(locking)
    } catch (error) {
      void locking.then(free => free())
      throw error
    }
    const held: Held = { release, newer: null, view: viewOf(document), steps: [] }
    try {
      await this.look(document, held, deadline)
      this.held.set(document, held)
    } catch (error) {
      release()
      throw error
    }
  }

  private async look(document: AnyDocument, held: Held, deadline: Deadline): Promise<void> {
    const { adapter, collection, id, rules } = document
    const limits = { timeoutMS: deadline.leftMS, session: this.session }
    const [any = null] = await adapter.load(collection, [id], limits)
    const stored = document.ifVisible(any)
    if (stored === null) throw document.missingError()
    const { version, commitId } = stored
    const { base, guard } = held.view
    const isSame = isEqual(base, document.shownOf(stored), rules.leaves)
    if (isSame && version === guard.version && commitId === guard.commitId) return
    const seen = isSame ? base : document.peekStored(stored)
    held.newer = stored
    const older = document.olderOf(stored)
    held.view = { status: 'stored', base: seen, guard: { version, commitId }, older }
  }

  /** Notes what was written within the transaction. */
  note(write: Write, result: Sent['result'], info: ChangeInfo): void {
    const { work } = write
    const status = work.deleted ? 'deleted' : 'stored'
    const base = write.next
    const view = { status, base, guard: result, older: null } as const
    const none: Held = { release: () => {}, newer: null, view, steps: [] }
    const held = this.held.get(work.document) ?? none
    this.held.set(work.document, held)
    if (held.newer !== null) held.steps.push(held.newer)
    held.newer = null
    held.view = view
    this.told = { ...this.told, ...info }
    held.steps.push({ ...write, info, result })
  }

  /** Waits until the transaction has ended, and finishes then. */
  private async watchEnd(): Promise<void> {
    let searched = 0
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
      if (this.isAborted || (await this.findCommit())) return this.finish()
      // The driver may send the commit once more.
      if ((searched += pause) > MAX_SEARCH_MS) return this.finish()
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
    // A call that hangs must not hold the documents.
    await Promise.race([this.tail, pauseOf(MAX_SEARCH_MS)])
    try {
      if (this.isAborted) return
      const isCommitted = await this.findCommit()
      const written: Written[] = []
      for (const [document, { steps }] of this.held) {
        written.push(...(await moveThrough(document, isCommitted ? steps : [])))
      }
      const info = this.told
      tellOf(written, { kind: 'edit', group: {}, info }, false)
    } finally {
      for (const { release } of this.held.values()) release()
      this.held.clear()
    }
  }

  /** Finds out by what is stored whether the transaction was committed. Once it was, nothing is read again. */
  private async findCommit(): Promise<boolean> {
    return (this.isCommitted ||= await this.showsCommit())
  }

  private async showsCommit(): Promise<boolean> {
    const all = [...this.held].filter(([, { steps }]) => steps.length > 0)
    for (const [document, { steps }] of all) {
      const last = steps.at(-1) as Sent
      const stored = await document.readStored().catch(() => undefined)
      if (stored === undefined) continue
      const isGone = last.work.deleted && stored === null
      if (isGone || versionOfCommit(stored, last.commit.commitId) !== null) return true
    }
    return all.length === 0
  }
}

const pauseOf = (ms: number): Promise<void> =>
  new Promise(resolve => void setTimeout(resolve, ms).unref?.())

/** Moves a document through what was written, and to what is stored now. */
async function moveThrough(document: AnyDocument, steps: Held['steps']): Promise<Written[]> {
  const written: Written[] = []
  const done = await document.acquireTurn()
  try {
    document.noteNews()
    for (const step of steps) {
      if (!('commit' in step)) document.moveToStored(step)
      else {
        const { result, info } = step
        written.push(moveDocument(step, result, { kind: 'edit', group: {}, info }))
      }
    }
    // What was stored without a version, or by others since, is read before the next write at the latest.
    if (document.status === 'stored') await document.loadStored().catch(() => null)
  } finally {
    done()
  }
  return written
}
