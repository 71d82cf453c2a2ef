// Random interleavings of reads, writes and foreign writes on one or two documents, over an adapter that is late with
// everything, against what was really stored.
import { createCollection, transaction, type Collection, type DocumentStore } from 'cowslip'
import type { Adapter, Commit, CommitResult, StoredDocument } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { Random } from './random.ts'

/** A storage for programs; `wait` lets so many ticks pass. */
export interface Storage {
  readonly adapter: Adapter
  wait(ticks: number): Promise<void>
  /** Another program that writes a field without a new version. */
  write?(collection: string, id: unknown, name: string): Promise<unknown>
}

/** What was stored of one document, in order; null: nothing. */
type Stages = (Readonly<Record<string, unknown>> | null)[]

type Doc = { _id: string; name: string; log: string[] }

/** Errors that the interleaving itself explains. */
const FINE = new Set(['missing', 'duplicate', 'conflict'])

/** Runs one program; throws where what a document shows was never stored, or is not what is stored now. */
export async function checkInterleaving(seed: number, storage: Storage): Promise<void> {
  const random = new Random(seed)
  const name = `i${seed}`
  const ids = ['a', 'b'].slice(0, 1 + random.below(2)).map(id => `${name}-${id}`)
  const stages = new Map<string, Stages>(ids.map(id => [id, [null]]))
  const late = new Late(storage, stages, random)
  const open = (): Collection<Doc> => createCollection<Doc>(name, { adapter: late.adapter })
  const [ours, theirs] = [open(), open()]
  const seen = new Map<string, Set<DocumentStore<Doc>>>(ids.map(id => [id, new Set()]))
  const acknowledged: string[] = []
  const foreign = random.chance(0.5)
  const unversioned = storage.write !== undefined && random.chance(0.3)
  let tokens = 0

  const fail = (what: string, more: unknown): never => {
    throw new Error(`seed ${seed}: ${what}: ${JSON.stringify(more)}`)
  }
  /** Looked at in the end: what is read may be noted as stored a moment later. */
  const checks: (() => void)[] = []
  const wasStored = ({ id, state }: DocumentStore<Doc>, from: number): void => {
    // What another program writes without a version is seen by the next read, not by an edit before it.
    const view = (shown: unknown): string =>
      JSON.stringify(unversioned && from === 0 ? { ...(shown as Doc), name: '' } : shown)
    checks.push(() => {
      const known = (stages.get(id) as Stages).slice(from)
      if (known.some(stage => stage !== null && view(stage) === view(state))) return
      fail('a state that was not stored (any more)', { state, known })
    })
  }
  const meet = (doc: DocumentStore<Doc>): void => {
    const all = seen.get(doc.id) as Set<DocumentStore<Doc>>
    if (!all.has(doc)) {
      all.add(doc)
      doc.subscribe(() => wasStored(doc, 0))
      doc.on('error', ({ error }) => void late.errors.push(error))
      wasStored(doc, 0)
    }
    const live = [...all].filter(({ status }) => status === 'stored')
    if (live.length > 1) fail('two live documents of one id', doc.id)
  }
  /** What was read must have been stored when the call was made, or later. */
  const reading = async (
    id: string,
    read: () => Promise<DocumentStore<Doc> | null>,
  ): Promise<void> => {
    const known = stages.get(id) as Stages
    const from = known.length - 1
    const doc = await read()
    if (doc === null) {
      checks.push(() => {
        if (known.slice(from).includes(null)) return
        fail('nothing read of what is stored', { id, known, from })
      })
      return
    }
    meet(doc)
    if (doc.status === 'stored') wasStored(doc, from)
  }
  const writing = (collection: Collection<Doc>): ((d: Doc) => void) => {
    const token = `${collection === ours ? 'o' : 't'}${tokens++}`
    return draft => void draft.log.push(token)
  }
  const edit = async (doc: DocumentStore<Doc>, collection: Collection<Doc>): Promise<void> => {
    const change = await doc.edit(writing(collection))
    if (change !== null) acknowledged.push(doc.id + String(change.patches.at(-1)?.value))
  }
  const pick = (): DocumentStore<Doc> | undefined =>
    random.pick([...(seen.get(random.pick(ids)) as Set<DocumentStore<Doc>>), undefined])

  const step = async (): Promise<void> => {
    const id = random.pick(ids)
    const doc = pick()
    switch (random.below(foreign ? 13 : 10)) {
      case 0:
      case 1:
        return reading(id, () => ours.get(id))
      case 2:
        return reading(id, async () => (await ours.find({ _id: id }).toArray())[0] ?? null)
      case 3: {
        const documents = await ours.find().toArray()
        return documents.forEach(meet)
      }
      case 4: {
        const made = await ours.insert({ _id: id, name: '', log: [`i${tokens++}`] })
        return meet(made)
      }
      case 5:
      case 6:
        return doc && edit(doc, ours)
      case 7: {
        if (doc === undefined || doc.status === 'new') return
        const from = (stages.get(doc.id) as Stages).length - 1
        await doc.reload()
        return doc.status === 'stored' ? wasStored(doc, from) : undefined
      }
      case 8:
        return void (await (doc && random.chance(0.5) ? doc.delete() : ours.delete(id)))
      case 9: {
        const other = pick()
        return transaction(tx => {
          if (doc) tx.edit(doc, writing(ours))
          if (other) tx.read(other)
        })
      }
      case 10: {
        const theirDoc = await theirs.get(id)
        return theirDoc ? edit(theirDoc, theirs) : undefined
      }
      case 11: {
        if (random.chance(0.5)) return void (await theirs.delete(id))
        return void (await theirs.insert({ _id: id, name: 'theirs', log: [`i${tokens++}`] }))
      }
      case 12:
        if (unversioned) await late.writeForeign(name, id, `n${tokens++}`)
    }
  }

  const steps = Array.from({ length: 4 + random.below(10) }, async () => {
    await storage.wait(random.below(40))
    await step().catch(error => {
      if (!FINE.has((error as { code?: string }).code ?? '')) throw error
    })
  })
  for (const outcome of await Promise.allSettled(steps)) {
    if (outcome.status === 'rejected') throw outcome.reason
  }
  if (late.errors.length > 0) throw late.errors[0]
  for (const check of checks) check()
  // A document that nobody else writes is what is stored, without another look.
  if (!foreign) for (const id of ids) checkNow(id)
  for (const id of ids) {
    const found = await ours.get(id)
    if (found !== null) meet(found)
    checkNow(id)
  }
  for (const check of checks) check()
  checkAcknowledged()

  function checkNow(id: string): void {
    const now = (stages.get(id) as Stages).at(-1) ?? null
    const live = [...(seen.get(id) as Set<DocumentStore<Doc>>)].filter(d => d.status === 'stored')
    if (live.length > 1) fail('two live documents of one id', id)
    const [doc] = live
    if (doc !== undefined) assert.equal(doc.state, now, `seed ${seed}: ${id} shows what is stored`)
    else if (now !== null && !foreign) {
      // Nobody was told of it, or somebody was told that it is gone.
      const met = seen.get(id) as Set<DocumentStore<Doc>>
      if (met.size > 0) fail('`deleted`, and it is there', { id, now })
    }
  }

  /** What was acknowledged was stored, and stays until the document is deleted. */
  function checkAcknowledged(): void {
    for (const [id, known] of stages) {
      const written = new Set<string>()
      let before: readonly string[] = []
      for (const stage of known) {
        const log = stage === null ? [] : (stage as unknown as Doc).log
        if (log[0] === before[0] && before.some((token, i) => log[i] !== token)) {
          fail('a write that was lost', { id, before, log })
        }
        for (const token of log) written.add(id + token)
        before = log
      }
      for (const token of acknowledged) {
        if (token.startsWith(id) && !written.has(token)) fail('acknowledged, never stored', token)
      }
    }
  }
}

/** Passes calls on after a while, answers after another, and keeps the stages of each document. */
class Late {
  readonly adapter: Adapter
  readonly errors: unknown[] = []
  private readonly storage: Storage
  private readonly stages: Map<string, Stages>
  private readonly random: Random
  private turn: Promise<unknown> = Promise.resolve()

  constructor(storage: Storage, stages: Map<string, Stages>, random: Random) {
    const { adapter: inner } = storage
    this.storage = storage
    this.stages = stages
    this.random = random
    const late = <R>(act: () => Promise<R>): Promise<R> => this.late(act)
    const find = (...[collection, query]: Parameters<Adapter['find']>): Promise<StoredDocument[]> =>
      late(async () => {
        const found: StoredDocument[] = []
        for await (const stored of inner.find(collection, query)) found.push(stored)
        return found
      })
    this.adapter = {
      capabilities: inner.capabilities,
      load: (collection, loaded) => late(() => inner.load(collection, loaded)),
      async *find(collection, query) {
        yield* await find(collection, query)
      },
      commit: commit =>
        late(() => this.inOrder(async () => this.note([commit], [await inner.commit(commit)])[0]!)),
      transaction: (commits, reads) =>
        late(() =>
          this.inOrder(async () => this.note(commits, await inner.transaction!(commits, reads))),
        ),
      close: async () => {},
    }
  }

  writeForeign(collection: string, id: string, name: string): Promise<unknown> {
    return this.late(() =>
      this.inOrder(async () => {
        await this.storage.write?.(collection, id, name)
        const known = this.stages.get(id) as Stages
        const now = known.at(-1) ?? null
        if (now !== null) known.push({ ...now, name })
      }),
    )
  }

  private async late<R>(act: () => Promise<R>): Promise<R> {
    await this.storage.wait(this.random.below(12))
    const result = await act()
    await this.storage.wait(this.random.below(12))
    return result
  }

  /** So that the stages are noted as they came. */
  private inOrder<R>(act: () => Promise<R>): Promise<R> {
    const result = this.turn.then(act)
    this.turn = result.catch(() => {})
    return result
  }

  private note(commits: readonly Commit[], results: CommitResult[]): CommitResult[] {
    if (results.every(({ status }) => status === 'committed')) {
      for (const commit of commits) {
        const known = this.stages.get(commit.id as string) as Stages
        const next = commit.kind === 'delete' ? null : (commit.next as Doc)
        const name = (known.at(-1) as Doc | null)?.name
        // A partial update leaves what others wrote.
        const partial = commit.kind === 'update' && this.storage.adapter.capabilities.partialUpdates
        known.push(next && (partial ? { ...next, name } : next))
      }
    }
    return results
  }
}
