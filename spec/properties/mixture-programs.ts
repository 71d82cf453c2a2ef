// Three users of the same documents, with options of collections mixed at random: what is stored, shown, kept in the trail,
// delivered by the outbox and found by indexes must agree in the end.
import * as assert from 'uvu/assert'
import {
  createCollection,
  transaction,
  type Collection,
  type CollectionOptions,
  type DocumentStore,
} from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import { Random } from './random.ts'

const IDS = ['a', 'b', 'c']
/** Refusals that other users' work explains. */
const EXPECTED = ['conflict', 'missing', 'duplicate']

type Doc = DocumentStore<any>

/** Runs the program of this seed on an adapter without documents; throws where something disagrees. */
export async function checkMixture(seed: number, adapter: Adapter): Promise<void> {
  const program = new MixtureProgram(new Random(seed), adapter)
  try {
    await program.run()
    await program.check()
  } catch (error) {
    const { message } = error as Error
    const log = program.log.join('\n')
    throw new Error(`seed ${seed}: ${message}\n${JSON.stringify(program.options)}\n${log}`, {
      cause: error,
    })
  }
}

class MixtureProgram {
  readonly log: string[] = []
  readonly options: Partial<CollectionOptions>
  private readonly random: Random
  private readonly adapter: Adapter
  private readonly users: readonly Collection<any>[]
  private readonly held = new Set<Doc>()
  /** The events of inserts and edits that were acknowledged, and of those that were refused. */
  private readonly sent = new Set<string>()
  private readonly refused = new Set<string>()
  private count = 0

  constructor(random: Random, adapter: Adapter) {
    this.random = random
    this.adapter = adapter
    const hasTrail = random.chance(0.8)
    const some = <O>(option: O): O | {} => (random.chance(0.5) ? option : {})
    this.options = {
      ...(hasTrail && random.chance(0.7) && { audit: { who: () => 'someone' } }),
      ...(hasTrail && random.chance(0.7) && { events: true }),
      ...some({ softDelete: true }),
      ...some({ timestamps: true }),
      ...some({ optimistic: true }),
      ...some({ computed: { twice: ({ n }: any) => 2 * n } }),
      ...some({ versions: [(doc: any) => ({ ...doc, shape: 1 })] }),
      ...some({ beforeCommit: () => (draft: any) => void (draft.checked = draft.n) }),
      ...some({ indexes: [{ fields: { u: 1 }, unique: true, sparse: true }] }),
    }
    if (!hasTrail) {
      Object.assign(this.options, { concurrency: random.pick(['version', 'fields', 'none']) })
    }
    this.users = [0, 1, 2].map(() => this.open())
  }

  async run(): Promise<void> {
    const { random } = this
    if (random.chance(0.3))
      await createCollection<any>('docs', this.others).insert({ _id: 'a', n: 0 })
    if (this.options.indexes) await this.open().syncIndexes()
    for (let i = 3 + random.below(12); i > 0; i--) {
      const together = random.pick([1, 1, 2, 4])
      await Promise.all(Array.from({ length: together }, () => this.step()))
    }
  }

  async check(): Promise<void> {
    // Whoever was shown something first has it stored, or not.
    for (const doc of this.held) await doc.settled()
    const fresh = this.open()
    const states = await fresh
      .find({}, { sort: { _id: 1 } })
      .states()
      .toArray()
    const stored = new Map(states.map(state => [state._id, state]))
    for (const doc of this.held) {
      const isGone = await doc.reload().then(
        () => false,
        error => error.code === 'missing' || Promise.reject(error),
      )
      assert.is(isGone, doc.status !== 'stored', `whether ${doc.id} is gone`)
      if (doc.status === 'stored') assert.equal(doc.state, stored.get(doc.id), `the live ${doc.id}`)
    }
    for (const state of states) {
      if (state.u === undefined) continue
      const found = await fresh
        .find({ u: state.u }, { sort: { _id: 1 } })
        .states()
        .toArray()
      const alike = states.filter(({ u }) => u === state.u)
      assert.equal(found, alike, 'what is found by `u`')
      if (this.options.indexes) assert.is(alike.length, 1, 'documents of one unique value')
    }
    if (this.options.audit) for (const id of IDS) await this.checkTrail(fresh, id, stored.get(id))
    if (this.options.events) await this.checkOutbox(fresh)
  }

  private get others(): CollectionOptions {
    return { adapter: this.adapter }
  }

  private open(): Collection<any> {
    return createCollection<any>('docs', { ...this.others, ...this.options })
  }

  private async step(): Promise<void> {
    const { random } = this
    const user = random.pick(this.users)
    const id = random.pick(IDS)
    const event = `e${this.count++}`
    const told = { label: event, ...(random.chance(0.6) && { meta: { event } }) }
    const u = random.pick([undefined, 1, 2, 3])
    const bump = (draft: any) => {
      draft.n++
      if (u !== undefined) draft.u = u
    }
    const get = async (): Promise<Doc | null> => {
      const doc = await user.get(id)
      if (doc !== null && random.chance(0.5)) this.held.add(doc)
      return doc
    }
    const acts: [name: string, act: () => Promise<unknown>][] = [
      ['insert', () => user.insert({ _id: id, n: 0, ...(u && { u }) }, told)],
      ['edit', async () => (await get())?.edit(bump, told)],
      ['edit', async () => (await get())?.edit(bump, told)],
      [
        'cancel',
        async () => {
          const doc = await get()
          const both = [1, -1].map(async by => doc?.edit((draft: any) => void (draft.n += by)))
          await Promise.all(both)
        },
      ],
      ['delete', () => user.delete(id)],
      ['undo', async () => (await get())?.undo()],
      ['undo all', () => user.history.undo()],
      ['redo all', () => user.history.redo()],
      [
        'transaction',
        async () => {
          const docs = (await user.getMany(IDS)).filter(doc => doc !== null)
          await transaction(tx => {
            for (const doc of docs) {
              if (doc.id === id) tx.delete(doc)
              else tx.edit(doc, bump)
            }
          }, told)
        },
      ],
      ...(this.options.softDelete ? [['restore', () => user.restore(id)] as [string, any]] : []),
    ]
    const [name, act] = random.pick(acts)
    const line = `${name} ${id} ${event} by ${this.users.indexOf(user)}`
    try {
      const made = await act()
      this.log.push(line)
      // An edit of a document that is not there makes nothing.
      const isMade = ['insert', 'edit'].includes(name) && made != null
      if (isMade && 'meta' in told) this.sent.add(event)
    } catch (error) {
      const { code } = error as { code?: string }
      this.log.push(`${line}: ${code ?? error}`)
      if (!EXPECTED.includes(code ?? '')) throw error
      this.refused.add(event)
    }
  }

  /** The entries of a document follow one another, and the last is what is stored. */
  private async checkTrail(docs: Collection<any>, id: string, stored: object | undefined) {
    const history = await docs.historyOf(id)
    const at = await docs.asOf(id, Date.now() + 1_000)
    const own = (state: object | null | undefined) => {
      const { twice: _, ...rest } = (state ?? {}) as Record<string, unknown>
      return rest
    }
    const shown = (state: any) => (state?.deletedAt == null ? own(state) : {})
    if (history.length > 0) assert.equal(shown(at), own(stored), `the trail of ${id}`)
    let state: any = {}
    for (const { kind, change, state: next } of history) {
      if (change !== null) {
        const after = { ...(kind === 'insert' ? {} : state), ...change.changes }
        for (const key of change.removed) delete after[key]
        assert.equal(own(after), own(next), `an entry of ${id}`)
      }
      state = next ?? {}
    }
  }

  /** Each event of what is stored is delivered once, in the order of the trail; what was refused left none. */
  private async checkOutbox(docs: Collection<any>): Promise<void> {
    const delivered: { event: unknown; document: unknown }[] = []
    const waiting = createCollection<any>('docs.outbox', this.others)
    const expected = await waiting.count()
    const outbox = docs.outbox()
    while (delivered.length < expected) delivered.push((await outbox.next()).value)
    await outbox.return?.()
    for (const { event } of delivered) {
      assert.not(this.refused.has(event as string), `${event} was refused`)
      this.sent.delete(event as string)
    }
    assert.equal([...this.sent], [], 'events that are lost')
    if (!this.options.audit) return
    for (const id of IDS) {
      const history = await docs.historyOf(id)
      const kept = history.map(({ meta }: any) => meta?.event).filter(event => event !== undefined)
      const own = delivered.filter(({ document }) => document === id).map(({ event }) => event)
      assert.equal(own, kept, `the events of ${id}`)
    }
  }
}
