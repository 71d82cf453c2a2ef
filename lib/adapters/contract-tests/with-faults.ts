// An adapter that misbehaves on purpose: `withFaults` wraps any adapter and lets calls fail, be delivered twice, be
// overtaken or stall, as a plan says. Specs run the contract's tests and random programs through it; authors of adapters
// and applications can do the same.
//
//   fail-before   the call never reaches the adapter        a write ends `unknown`, a read throws `adapter`
//   fail-after    the adapter applies it, the answer is lost a write ends `unknown`, a read throws `adapter`
//   twice         the adapter gets the same call twice       the first answer is returned
//   reorder       the next call overtakes this one
//   stall         the call waits for `stallMS`; a write that has less time ends `unknown`, and is applied later
//   disconnect    this call and all later ones fail before they are sent, until `connect()`
import { CowslipError } from '../../document/messages/errors.ts'
import type {
  Adapter,
  CallOptions,
  Capabilities,
  CloseOptions,
  Commit,
  CommitResult,
  OpenOptions,
  StoredDocument,
  TransactionRead,
} from '../contract.ts'
import type { Query } from '../contract-queries.ts'
import { raceTimeout } from '../race-timeout.ts'
import { resolveCommit } from '../resolve-commit.ts'

/** A way in which a call goes wrong. */
export type Fault = 'fail-before' | 'fail-after' | 'twice' | 'reorder' | 'stall' | 'disconnect'

/** A call that a plan decides about. */
export interface FaultCall {
  readonly method: 'load' | 'find' | 'count' | 'page' | 'commit' | 'transaction'
  /** The number of the call, from 0. */
  readonly number: number
  /** The writes of a `commit` or `transaction`. */
  readonly commits: readonly Commit[]
}

/** An adapter with faults, and its connection. */
export interface FaultyAdapter extends Adapter {
  /** Lets every call fail before it is sent. */
  disconnect(): void
  /** Ends the effect of `disconnect`. */
  connect(): void
}

/** Options of `withFaults`. */
export interface FaultOptions {
  /** The time that a stalled call waits, in milliseconds; 20 by default. A call to be overtaken waits no longer. */
  readonly stallMS?: number
}

/**
 * Wraps an adapter so that calls go wrong as `plan` says; null: the call goes through. `resolve` is the adapter's own, or
 * {@link resolveCommit}, and meets faults like any other call.
 *
 * @example
 * import { createCollection } from 'cowslip'
 * import { withFaults } from 'cowslip/adapter-contract'
 * import { memoryAdapter } from 'cowslip/memory'
 * // Every answer to a third write is lost; the outcome is found out by the commit id.
 * const adapter = withFaults(memoryAdapter(), ({ method, number }) =>
 *   method === 'commit' && number % 3 === 0 ? 'fail-after' : null,
 * )
 * const counters = createCollection<{ _id: string; n: number }>('counters', { adapter })
 * const counter = await counters.insert({ _id: 'visits', n: 0 })
 * for (let i = 0; i < 10; i++) await counter.edit(draft => void draft.n++)
 * counter.state.n // 10
 */
export function withFaults(
  adapter: Adapter,
  plan: (call: FaultCall) => Fault | null,
  options: FaultOptions = {},
): FaultyAdapter {
  return new AdapterWithFaults(adapter, plan, options.stallMS ?? 20)
}

class AdapterWithFaults implements FaultyAdapter {
  readonly capabilities: Capabilities
  readonly reserved: readonly string[]
  readonly watch?: NonNullable<Adapter['watch']>
  readonly page?: NonNullable<Adapter['page']>
  readonly explainQuery?: NonNullable<Adapter['explainQuery']>
  readonly syncIndexes?: NonNullable<Adapter['syncIndexes']>
  private readonly inner: Adapter
  private readonly plan: (call: FaultCall) => Fault | null
  private readonly stallMS: number
  private calls = 0
  private isConnected = true
  /** Called when a call ends: those that are to be overtaken go on. */
  private overtaken: (() => void)[] = []

  constructor(inner: Adapter, plan: (call: FaultCall) => Fault | null, stallMS: number) {
    this.inner = inner
    this.plan = plan
    this.stallMS = stallMS
    this.capabilities = inner.capabilities
    this.reserved = inner.reserved ?? []
    if (inner.watch !== undefined) this.watch = inner.watch.bind(inner)
    const page = inner.page?.bind(inner)
    if (page !== undefined) this.page = (...call) => this.read('page', () => page(...call))
    if (inner.explainQuery !== undefined) this.explainQuery = inner.explainQuery.bind(inner)
    if (inner.syncIndexes !== undefined) this.syncIndexes = inner.syncIndexes.bind(inner)
  }

  disconnect(): void {
    this.isConnected = false
  }

  connect(): void {
    this.isConnected = true
  }

  open(collection: string, options: OpenOptions): void {
    this.inner.open?.(collection, options)
  }

  makeId(): unknown {
    return this.inner.makeId?.()
  }

  load(
    collection: string,
    ids: readonly unknown[],
    options?: CallOptions,
  ): Promise<(StoredDocument | null)[]> {
    return this.read('load', () => this.inner.load(collection, ids, options))
  }

  async *find(
    collection: string,
    query: Query,
    options?: CallOptions,
  ): AsyncIterable<StoredDocument> {
    // The first step of a query is where it may fail.
    const steps = this.inner.find(collection, query, options)[Symbol.asyncIterator]()
    try {
      let step = await this.read('find', () => steps.next())
      for (; step.done !== true; step = await steps.next()) yield step.value
    } finally {
      await steps.return?.()
    }
  }

  async count(
    collection: string,
    filter: NonNullable<Query['filter']>,
    options?: CallOptions,
  ): Promise<number> {
    return this.read('count', async () => {
      if (this.inner.count !== undefined) return this.inner.count(collection, filter, options)
      let found = 0
      for await (const _ of this.inner.find(collection, { filter }, options)) found++
      return found
    })
  }

  async commit(commit: Commit, options: CallOptions = {}): Promise<CommitResult> {
    const [result] = await this.write('commit', [commit], options, async () => [
      await this.inner.commit(commit, options),
    ])
    return result as CommitResult
  }

  /** Each write of a group meets faults of its own. */
  commitMany(commits: readonly Commit[], options?: CallOptions): Promise<CommitResult[]> {
    return Promise.all(commits.map(commit => this.commit(commit, options)))
  }

  transaction(
    commits: readonly Commit[],
    reads?: readonly TransactionRead[],
    options: CallOptions = {},
  ): Promise<CommitResult[]> {
    const { inner } = this
    return this.write('transaction', commits, options, () => {
      if (inner.transaction === undefined) throw new Error('The adapter has no transactions.')
      return inner.transaction(commits, reads, options)
    })
  }

  explain(commit: Commit): unknown {
    return this.inner.explain?.(commit) ?? commit
  }

  resolve(commit: Commit, options?: CallOptions): Promise<CommitResult> {
    return this.inner.resolve?.(commit, options) ?? resolveCommit(this, commit, options)
  }

  close(options?: CloseOptions): Promise<void> {
    return this.inner.close(options)
  }

  private async read<R>(method: FaultCall['method'], run: () => Promise<R>): Promise<R> {
    const fault = this.next(method, [])
    try {
      if (fault === 'fail-before' || fault === 'disconnect') throw lostConnection(fault)
      await this.delay(fault)
      const answer = await run()
      if (fault === 'fail-after') throw lostConnection(fault)
      return answer
    } finally {
      this.end()
    }
  }

  private async write(
    method: 'commit' | 'transaction',
    commits: readonly Commit[],
    { timeoutMS = Infinity }: CallOptions,
    run: () => Promise<CommitResult[]>,
  ): Promise<CommitResult[]> {
    const fault = this.next(method, commits)
    const unknown = (): CommitResult[] => {
      const ids = commits.length === 0 ? [''] : commits.map(({ commitId }) => commitId)
      const error = lostConnection(fault ?? 'stall')
      return ids.map(commitId => ({ status: 'unknown', commitId, error }))
    }
    try {
      if (fault === 'fail-before' || fault === 'disconnect') return unknown()
      const work = fault === 'twice' ? run() : this.delay(fault).then(run)
      // Handed over in the same moment: a later copy of a refused write could find the fields of its guard as they were.
      const again = fault === 'twice' ? run().catch(() => {}) : null
      if (fault === 'stall' && timeoutMS < this.stallMS) {
        return await raceTimeout(work, timeoutMS, lostConnection).catch(unknown)
      }
      const results = await work
      await again
      return fault === 'fail-after' ? unknown() : results
    } finally {
      this.end()
    }
  }

  private next(method: FaultCall['method'], commits: readonly Commit[]): Fault | null {
    const fault = this.plan({ method, number: this.calls++, commits })
    if (fault === 'disconnect') this.isConnected = false
    return this.isConnected ? fault : 'disconnect'
  }

  private async delay(fault: Fault | null): Promise<void> {
    if (fault !== 'stall' && fault !== 'reorder') return
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, this.stallMS)
      if (fault === 'reorder') {
        this.overtaken.push(() => {
          clearTimeout(timer)
          resolve()
        })
      }
    })
  }

  private end(): void {
    for (const goOn of this.overtaken.splice(0)) goOn()
  }
}

function lostConnection(fault: Fault = 'stall'): CowslipError<'adapter'> {
  const reason = `a fault was injected (${fault})`
  return new CowslipError(
    'adapter',
    `Expected the adapter to answer. Received a lost connection: ${reason}. Try again.`,
    { reason },
  )
}
