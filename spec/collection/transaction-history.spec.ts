import { createCollection, transaction, type DocumentStore } from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { Random } from '../properties/random.ts'
import { suite } from '../support/suite.ts'

const test = suite('undo of transactions among edits of their documents')

/** The steps of one list of undo and redo, as numbers; each step sets a field of its own. */
interface Stacks {
  past: number[]
  future: number[]
}

const without = (list: readonly number[], step: number) => list.filter(one => one !== step)

/** Two documents and their collection, beside lists of numbers that say what must be. */
class Model {
  readonly docs: readonly DocumentStore<any>[]
  readonly collection
  readonly stacks: readonly Stacks[] = [0, 1].map(() => ({ past: [], future: [] }))
  readonly whole: Stacks = { past: [], future: [] }
  private steps = 0

  constructor(
    docs: readonly DocumentStore<any>[],
    collection: ReturnType<typeof createCollection<any>>,
  ) {
    this.docs = docs
    this.collection = collection
  }

  async edit(doc: number): Promise<void> {
    const step = this.steps++
    await this.docs[doc]!.edit(d => void (d[`f${step}`] = step))
    this.begin(this.stacks[doc]!, step)
  }

  async transact(docs: readonly number[]): Promise<void> {
    const step = this.steps++
    await transaction(tx => {
      for (const doc of docs) tx.edit(this.docs[doc]!, d => void (d[`f${step}`] = step))
    })
    for (const stacks of [...docs.map(doc => this.stacks[doc]!), this.whole])
      this.begin(stacks, step)
    this.parts.set(step, docs)
  }

  private readonly parts = new Map<number, readonly number[]>()

  private begin(stacks: Stacks, step: number): void {
    stacks.past.push(step)
    stacks.future = []
  }

  async step(doc: number, kind: 'undo' | 'redo'): Promise<void> {
    const [from, to] =
      kind === 'undo' ? (['past', 'future'] as const) : (['future', 'past'] as const)
    const stacks = this.stacks[doc]!
    const step = stacks[from].pop()
    if (step !== undefined) stacks[to].push(step)
    assert.is((await this.docs[doc]![kind]()) === null, step === undefined)
  }

  async stepAll(kind: 'undo' | 'redo'): Promise<void> {
    const [from, to] =
      kind === 'undo' ? (['past', 'future'] as const) : (['future', 'past'] as const)
    this.dropLost()
    const step = this.whole[from].pop()
    const docs = (step === undefined ? [] : this.parts.get(step)!).filter(doc =>
      this.stacks[doc]![from].includes(step!),
    )
    for (const doc of docs) {
      const stacks = this.stacks[doc]!
      stacks[from] = without(stacks[from], step!)
      stacks[to].push(step!)
    }
    if (docs.length > 0) this.whole[to].push(step!)
    assert.is((await this.collection.history[kind]())?.parts.length ?? 0, docs.length)
  }

  private dropLost(): void {
    const isWhole = (step: number): boolean =>
      this.parts
        .get(step)!
        .every(doc => [...this.stacks[doc]!.past, ...this.stacks[doc]!.future].includes(step))
    this.whole.past = this.whole.past.filter(isWhole)
    this.whole.future = this.whole.future.filter(isWhole)
  }

  check(): void {
    this.dropLost()
    this.docs.forEach((doc, i) => {
      const { past, future } = this.stacks[i]!
      const fields = Object.keys(doc.state).filter(key => key !== '_id')
      assert.equal(fields.sort(), past.map(step => `f${step}`).sort())
      assert.equal([doc.canUndo, doc.canRedo], [past.length > 0, future.length > 0])
    })
    const { history } = this.collection
    const { past, future } = this.whole
    assert.equal([history.past.length, history.future.length], [past.length, future.length])
  }
}

test('a random mixture does what lists of numbers say', async () => {
  for (let seed = 1; seed <= 150; seed++) {
    const random = new Random(seed)
    const c = createCollection<any>('docs', { adapter: memoryAdapter() })
    const model = new Model(await c.insertMany([{ _id: 0 }, { _id: 1 }]), c)
    const log: string[] = []
    try {
      for (let i = 0; i < 40; i++) {
        const doc = random.below(2)
        const kind = random.below(9)
        log.push(`${kind} ${doc}`)
        if (kind < 2) await model.edit(doc)
        else if (kind < 4) await model.transact(random.chance(0.7) ? [0, 1] : [doc])
        else if (kind < 5) await model.step(doc, 'undo')
        else if (kind < 6) await model.step(doc, 'redo')
        else await model.stepAll(kind < 8 ? 'undo' : 'redo')
        model.check()
      }
    } catch (error) {
      throw new Error(`seed ${seed}: ${log.join(', ')}`, { cause: error })
    }
  }
})

test.run()
