// Two users of the same documents, once with fields that the collection sets itself and once without: what is merged,
// undone and refused is the same.
import * as assert from 'uvu/assert'
import {
  createCollection,
  transaction,
  type Adapter,
  type ChangeSet,
  type Collection,
  type CollectionOptions,
  type DocumentEdit,
  type DocumentStore,
} from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'
import { Random } from './random.ts'

type Own = Pick<CollectionOptions, 'timestamps' | 'softDelete' | 'computed' | 'concurrency'>

/** The fields that are set by the collection here. */
const OWN = ['createdAt', 'updatedAt', 'deletedAt', 'sum', 'last']

const computed = {
  sum: ({ list, n }: any) => list.reduce((sum: number, { v }: any) => sum + v, n),
  last: ({ updatedAt, list }: any) => [updatedAt === undefined, list.at(-1)?.v ?? null],
}

/** A program: the options of the collection, and the steps of its users. */
export interface StampedProgram {
  readonly own: Own
  readonly steps: readonly Step[]
}

/** Returns the program of a seed. */
export function programOf(seed: number): StampedProgram {
  const random = new Random(seed)
  const concurrency = random.pick(['version', 'version', 'fields', 'none'] as const)
  const own: Own = random.chance(0.3)
    ? { timestamps: true }
    : { timestamps: random.chance(0.8), softDelete: random.chance(0.5), computed }
  const steps = Array.from({ length: 4 + random.below(20) }, () => randomStep(random))
  return { own: { ...own, concurrency }, steps }
}

/** Runs the program of this seed both ways; throws where they differ. */
export async function checkStamped(seed: number): Promise<void> {
  const program = programOf(seed)
  const log: string[] = []
  try {
    await compareRuns(program, log)
  } catch (error) {
    const { message } = error as Error
    throw new Error(`seed ${seed}: ${message}\n${log.join('\n')}`, { cause: error })
  }
}

/** Runs a program both ways; throws where they differ. */
export async function compareRuns(
  { own, steps }: StampedProgram,
  log: string[] = [],
): Promise<void> {
  const { concurrency } = own
  const plain = await Run.create(concurrency === undefined ? {} : { concurrency })
  const stamped = await Run.create(own)
  log.push(JSON.stringify(own))
  for (const step of steps) {
    log.push(JSON.stringify(step))
    const [expected, found] = [await plain.run(step), await stamped.run(step)]
    log.push(`  ${JSON.stringify(found)}, without ${JSON.stringify(expected)}`)
    assert.equal(found, expected, 'the outcome')
    assert.equal(stamped.shown(), plain.shown(), 'what both see')
  }
  assert.equal(await stamped.stored(), await plain.stored(), 'what is stored')
  await stamped.checkStamps(own)
}

interface Step {
  readonly kind: string
  readonly user: number
  readonly doc: number
  readonly write: number
  readonly pick: number
  readonly optimistic: boolean
}

const KINDS = [
  'edit',
  'edit',
  'edit',
  'edit',
  'twice',
  'begin',
  'write',
  'commit',
  'rollback',
  'undo',
  'redo',
  'apply',
  'invert',
  'transaction',
  'undoAll',
  'redoAll',
  'reload',
]

function randomStep(random: Random): Step {
  return {
    kind: random.pick(KINDS),
    user: random.below(2),
    doc: random.below(2),
    write: random.below(1_000_000),
    pick: random.below(1_000),
    optimistic: random.chance(0.2),
  }
}

/** Writes to a draft, the same for the same number. */
function write(draft: any, seed: number): void {
  const random = new Random(seed)
  for (let i = random.below(3); i >= 0; i--) {
    const v = random.below(5)
    const at = random.below(draft.list.length + 1)
    switch (random.below(9)) {
      case 0:
        draft.n += v
        break
      case 1:
        draft.m = v
        break
      case 2:
        draft.list.push({ _id: random.below(1_000_000), v })
        break
      case 3:
        draft.list.splice(at, 1)
        break
      case 4:
        if (draft.list[at] !== undefined) draft.list[at].v = v
        break
      case 5:
        draft.map[random.pick(['a', 'b', 'c'])] = v
        break
      case 6:
        delete draft.map[random.pick(['a', 'b', 'c'])]
        break
      case 7:
        draft.map = { ...draft.map, d: v }
        break
      default:
        draft.list.unshift({ _id: random.below(1_000_000), v })
    }
  }
}

class Run {
  readonly users: readonly Collection<any>[]
  private readonly adapter: Adapter
  /** By user, then by document. */
  private docs: DocumentStore<any>[][] = []
  private readonly edits = new Map<string, DocumentEdit<any>>()
  private readonly changes: ChangeSet[] = []

  static async create(options: Own): Promise<Run> {
    const adapter = memoryAdapter()
    const users = [0, 1].map(() => createCollection<any>('docs', { adapter, ...options }))
    const run = new Run(users, adapter)
    const made = [0, 1].map(_id => ({ _id, n: 0, m: 0, list: [{ _id: 1, v: 1 }], map: { a: 1 } }))
    await users[0]!.insertMany(made)
    run.docs = (await Promise.all(users.map(user => user.getMany([0, 1])))) as never
    return run
  }

  constructor(users: readonly Collection<any>[], adapter: Adapter) {
    this.users = users
    this.adapter = adapter
  }

  async run(step: Step): Promise<unknown> {
    try {
      const result = await this.act(step)
      return result === null ? 'nothing' : 'done'
    } catch (error) {
      const { code, conflicts } = error as {
        code?: string
        conflicts?: readonly { path: unknown }[]
      }
      if (code === undefined) throw error
      return [code, conflicts?.map(({ path }) => path)]
    }
  }

  private async act({ kind, user, doc, write: seed, pick, optimistic }: Step): Promise<unknown> {
    const document = this.docs[user]![doc]!
    const name = `${user}.${doc}`
    const edit = this.edits.get(name)
    const options = { optimistic }
    switch (kind) {
      case 'edit':
        return this.keep(await document.edit(draft => write(draft, seed), options))
      case 'twice': {
        const both = [seed, seed + 1].map(one => document.edit(draft => write(draft, one), options))
        return (await Promise.all(both)).map(change => this.keep(change)).find(Boolean) ?? null
      }
      case 'begin':
        if (edit === undefined) this.edits.set(name, document.begin())
        return null
      case 'write':
        if (edit !== undefined) write(edit.draft, seed)
        return null
      case 'commit': {
        if (edit === undefined) return null
        const change = await edit.commit(options)
        this.edits.delete(name)
        return this.keep(change)
      }
      case 'rollback':
        edit?.rollback()
        this.edits.delete(name)
        return null
      case 'undo':
        return document.undo(options)
      case 'redo':
        return document.redo(options)
      case 'apply':
      case 'invert': {
        const change = this.changes[pick % Math.max(1, this.changes.length)]
        if (change === undefined) return null
        return this.keep(await document.apply(kind === 'apply' ? change : change.invert(), options))
      }
      case 'transaction':
        return transaction(tx => {
          for (const [i, one] of this.docs[user]!.entries()) {
            tx.edit(one, draft => write(draft, seed + i))
          }
        })
      case 'undoAll':
        return this.users[user]!.history.undo()
      case 'redoAll':
        return this.users[user]!.history.redo()
      default:
        // Only stamps may have moved on.
        return document.reload().then(() => null)
    }
  }

  private keep(change: ChangeSet | null): ChangeSet | null {
    if (change !== null) this.changes.push(change)
    return change
  }

  shown(): unknown {
    return this.docs.map(docs => docs.map(({ state, version }) => [withoutOwn(state), version]))
  }

  async stored(): Promise<unknown> {
    return (
      await this.users[0]!.find({}, { sort: { _id: 1 } })
        .states()
        .toArray()
    ).map(withoutOwn)
  }

  /** What the collection set is there, and what is computed is true. */
  async checkStamps(own: Own): Promise<void> {
    for (const docs of this.docs) {
      for (const document of docs) {
        await document.reload()
        const { state } = document
        assert.is(state.updatedAt instanceof Date, own.timestamps === true)
        if (own.computed === undefined) continue
        assert.is(state.sum, computed.sum(state))
        assert.equal(state.last, computed.last(state))
      }
    }
    for (const stored of await createCollection<any>('docs', { adapter: this.adapter })
      .find()
      .states()
      .toArray()) {
      assert.not(Object.hasOwn(stored, 'sum'))
    }
  }
}

function withoutOwn(state: any): object {
  return Object.fromEntries(Object.entries(state).filter(([key]) => !OWN.includes(key)))
}
