import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { Decimal128, Int32, Long } from 'mongodb'
import * as assert from 'uvu/assert'
import { withoutWatch } from '../collection/people.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { db, close } = await openDatabase('foreign')
const raw = db.collection<any>('people')
const people = createCollection<any>('people', { adapter: withoutWatch(mongodbAdapter(db)) })
let made = 0

/** A live document, and what its listeners heard. */
async function held(fields: object = {}) {
  const doc = await people.insert({ _id: made++, name: 'Ada', tags: ['math'], ...fields })
  const heard: unknown[] = []
  doc.subscribe(change => heard.push([change.origin, change.touched]))
  const set = (update: object) => raw.updateOne({ _id: doc.id }, update)
  return { doc, heard, set }
}

const foreign = suite('what another program wrote, without a version')

foreign('get, find, findOne and reload see it, as a change from elsewhere', async () => {
  const reads: [string, (id: unknown) => Promise<unknown>][] = [
    ['get', id => people.get(id)],
    ['find', _id => people.find({ _id, name: 'Foreign' }).toArray()],
    ['findOne', _id => people.findOne({ _id })],
  ]
  for (const [name, read] of reads) {
    const { doc, heard, set } = await held()
    const { tags } = doc.state
    await set({ $set: { name: 'Foreign' } })
    const found = await read(doc.id)
    assert.is(Array.isArray(found) ? found[0] : found, doc)
    assert.equal([doc.state.name, doc.version, heard], ['Foreign', 1, [['remote', ['name']]]], name)
    assert.is(doc.state.tags, tags)
    await read(doc.id)
    assert.is(heard.length, 1, `${name} tells once`)
  }
  const { doc, heard, set } = await held()
  await set({ $unset: { name: 1 }, $push: { tags: 'poet' } })
  const change = await doc.reload()
  assert.equal([change?.origin, change?.touched], ['remote', ['name', 'tags']])
  assert.equal(doc.state, { _id: doc.id, tags: ['math', 'poet'] })
  assert.is(heard.length, 1)
  assert.is(await doc.reload(), null)
})

foreign(
  'what was not written keeps its reference, and another order of keys is no change',
  async () => {
    const { doc, heard, set } = await held({ at: { b: 1, a: [{ x: 1 }] } })
    const { state } = doc
    await set({ $set: { at: { a: [{ x: 1 }], b: 1 } } })
    await people.get(doc.id)
    assert.is(doc.state, state)
    await set({ $set: { 'at.c': 2 } })
    await people.get(doc.id)
    assert.is(doc.state.at.a, state.at.a)
    assert.equal(heard, [['remote', ['at']]])
  },
)

foreign('a document that nobody stamped, and BSON types', async () => {
  const _id = made++
  await raw.insertOne({ _id, sum: Decimal128.fromString('2.50'), n: Long.fromNumber(2 ** 53 - 1) })
  const doc = (await people.get(_id))!
  const { state } = doc
  assert.is((await people.findOne({ _id }))!.state, state)
  await raw.updateOne({ _id }, { $set: { sum: Decimal128.fromString('2.5'), n: new Int32(5) } })
  await people.get(_id)
  assert.equal([String(doc.state.sum), Number(doc.state.n), doc.version], ['2.5', 5, 0])
})

foreign('an edit after it keeps it', async () => {
  const { doc, set } = await held({ n: 1 })
  await set({ $set: { name: 'Foreign' } })
  await people.get(doc.id)
  await doc.edit((d: any) => void d.n++)
  assert.equal((await raw.findOne({ _id: doc.id }))?.name, 'Foreign')
  assert.equal(doc.state, { _id: doc.id, name: 'Foreign', tags: ['math'], n: 2 })
})

foreign('ends', close)
foreign.run()
