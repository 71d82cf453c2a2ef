// One user's transactions, in which unique values move between documents: undone one by one they lead back through all earlier
// states, and redone through all later ones.
import * as assert from 'uvu/assert'
import { createCollection, transaction, type Collection, type DocumentStore } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import { Random } from './random.ts'

const IDS = [1, 2, 3, 4, 5]

/** Runs the program of this seed on an adapter without documents; throws where a state is not reached again. */
export async function checkUndone(seed: number, adapter: Adapter): Promise<void> {
  const random = new Random(seed)
  const hasMarks = random.chance(0.3)
  const docs: Collection<any> = createCollection<any>('docs', {
    adapter,
    indexes: [{ fields: { u: 1 }, unique: true, sparse: true }],
    softDelete: hasMarks,
    timestamps: random.chance(0.3),
    ...(random.chance(0.3) && { audit: {} }),
  })
  await docs.syncIndexes()
  for (const _id of IDS) if (random.chance(0.6)) await docs.insert({ _id, n: 0, u: _id })
  const stored = async (): Promise<unknown> => {
    const states = await docs
      .find({}, { sort: { _id: 1 } })
      .states()
      .toArray()
    return states.map(({ _id, n, u }) => [_id, n, u])
  }
  const states = [await stored()]
  try {
    for (let i = 0; i < 6; i++) {
      if (await move(docs, random, hasMarks)) states.push(await stored())
    }
    for (let rounds = 0; rounds < 2; rounds++) {
      for (const state of states.slice(0, -1).reverse()) {
        await docs.history.undo()
        assert.equal(await stored(), state, 'after undo')
      }
      for (const state of states.slice(1)) {
        await docs.history.redo()
        assert.equal(await stored(), state, 'after redo')
      }
    }
  } catch (error) {
    const { message } = error as Error
    throw new Error(`seed ${seed}: ${message}\n${JSON.stringify(states)}`, { cause: error })
  }
}

/** Runs one transaction. Documents give their values up before others take them. Returns whether it wrote. */
async function move(docs: Collection<any>, random: Random, hasMarks: boolean): Promise<boolean> {
  const all = await docs.getMany(IDS)
  // What is marked as deleted keeps its value.
  const free = hasMarks ? [] : IDS.filter(u => all.every(doc => doc?.state.u !== u))
  let writes = 0
  await transaction(tx => {
    const set = (doc: DocumentStore<any>, u: unknown): void => {
      writes++
      tx.edit(doc, draft => {
        draft.n++
        if (u === undefined) delete draft.u
        else draft.u = u
      })
    }
    const open = IDS.map((_id, i) => ({ _id, doc: all[i] ?? null }))
    while (open.length > 0) {
      const [{ _id, doc }] = open.splice(random.below(open.length), 1) as [(typeof open)[0]]
      if (random.chance(0.3)) continue
      const u = free.splice(0, 1)[0]
      if (doc === null) {
        if (hasMarks) continue
        tx.insert(docs, { _id, n: 0, ...(u !== undefined && { u }) })
        writes++
        continue
      }
      const had: number | undefined = doc.state.u
      if (random.chance(0.3)) {
        tx.delete(doc)
        writes++
      } else set(doc, u)
      if (had !== undefined && !hasMarks) free.push(had)
    }
  })
  return writes > 0
}
