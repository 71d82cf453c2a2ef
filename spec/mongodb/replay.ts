// Random change sets of random BSON documents, sent to a server: its document must equal the snapshot.
import * as bson from 'bson'
import {
  createCollection,
  createStore,
  type ChangeSet,
  type Collection,
  type DocumentStore,
} from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import type { Db } from 'mongodb'
import * as assert from 'uvu/assert'
import { Random } from '../properties/random.ts'
import { change, object } from './random-bson.ts'

const RAW = { promoteValues: false, promoteLongs: false } as const

/** As the server has it, type for type, with the keys of objects in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (
    typeof value !== 'object' ||
    value === null ||
    Object.getPrototypeOf(value) !== Object.prototype
  ) {
    return value
  }
  const entries = Object.entries(value).map(([key, below]) => [key, sorted(below)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The bytes of a document without its books, keys in order. */
function bytes(document: object): string {
  const { _cow, ...rest } = document as { _cow?: unknown }
  const canonical = bson.serialize(sorted(rest) as bson.Document)
  return Buffer.from(canonical).toString('hex')
}

/** One edit; or two, composed; or two of one base, one rebased over the other. Null: nothing changed. */
async function act(random: Random, doc: DocumentStore<any>): Promise<ChangeSet | null> {
  const steps = 1 + random.below(4)
  const recipe = (draft: any): void => {
    for (let step = 0; step < steps; step++) change(random, draft)
  }
  const way = random.below(4)
  if (way > 1) return doc.edit(recipe)
  const [mine, theirs] = [createStore<any>(doc.state), createStore<any>(doc.state)]
  const first = theirs.edit(recipe)
  const then = (way === 0 ? theirs : mine).edit(recipe)
  if (first === null || then === null) return null
  if (way === 0) {
    const both = first.compose(then)
    return both.isEmpty ? null : doc.apply(both)
  }
  await doc.apply(first)
  const rebased = then.rebase(first, { resolve: 'ours' })
  return rebased.isEmpty ? null : doc.apply(rebased)
}

/** Runs one program of edits; how many changed something. Throws where server and snapshot differ. */
export async function replay(db: Db, seed: number): Promise<number> {
  const random = new Random(seed)
  const foreignWriters = random.chance(0.2)
  const people: Collection<any> = createCollection('replay', {
    adapter: mongodbAdapter(db, { foreignWriters }),
  })
  const doc = await people.insert({ _id: `${seed}`, ...object(random, 4) })
  let changed = 0
  for (let i = 0; i < 4; i++) {
    if ((await act(random, doc)) === null) continue
    changed++
    const stored = await db.collection<any>('replay').findOne({ _id: `${seed}` }, { raw: true })
    const expected = bson.deserialize(bson.serialize(doc.state as bson.Document), RAW)
    // Read here, not by the driver, which does not decode arrays under a key like `constructor`.
    const there = bson.deserialize(stored, RAW)
    if (bytes(there) !== bytes(expected)) {
      const text = (document: object): string => bson.EJSON.stringify(sorted(document))
      assert.is(text({ ...there, _cow: 0 }), text({ ...expected, _cow: 0 }), `seed ${seed}`)
      throw new Error(`seed ${seed}: the server's document is another`)
    }
  }
  await db.collection<any>('replay').deleteOne({ _id: `${seed}` })
  return changed
}
