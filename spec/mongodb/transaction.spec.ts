import { createCollection, transaction } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import * as assert from 'uvu/assert'
import { transactionSuite } from '../collection/transaction-suite.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { db, client, close } = await openDatabase('transaction')
const made: string[] = []

transactionSuite('mongodb', () => {
  const own = client.db(`${db.databaseName}_${made.length}`)
  made.push(own.databaseName)
  return mongodbAdapter(own)
})

const reading = suite('what a transaction writes for its reads')

reading('a `serial` read is stamped, a `snapshot` read is not', async () => {
  const c = createCollection<any>('reads', { adapter: mongodbAdapter(db) })
  const [settings, doc] = [await c.insert({ _id: 'settings' }), await c.insert({ _id: 1, n: 0 })]
  const stamp = async () => (await db.collection<any>('reads').findOne({ _id: 'settings' }))?._cow.r
  await transaction(tx => {
    tx.read(settings, { check: 'snapshot' })
    tx.edit(doc, d => void d.n++)
  })
  assert.is(await stamp(), undefined)
  await transaction(tx => {
    tx.read(settings, { check: 'snapshot' })
    tx.read(settings)
    tx.edit(doc, d => void d.n++)
  })
  assert.ok(await stamp())
  assert.equal([doc.state.n, settings.version], [2, 1])
})

reading('readers of one document by `snapshot` do not wait for each other', async () => {
  const adapter = mongodbAdapter(db)
  const c = createCollection<any>('settings', { adapter })
  const settings = await c.insert({ _id: 'settings' })
  const docs = await Promise.all(Array.from({ length: 8 }, (_, n) => c.insert({ _id: n, n: 0 })))
  const held = client.startSession()
  held.startTransaction()
  // Somebody else has it stamped, and is not done.
  const raw = db.collection<any>('settings')
  await raw.updateOne({ _id: 'settings' }, { $set: { '_cow.r': 1 } }, { session: held })
  await Promise.all(
    docs.map(doc =>
      transaction(
        tx => {
          tx.read(settings, { check: 'snapshot' })
          tx.edit(doc, d => void d.n++)
        },
        { timeoutMS: 5_000 },
      ),
    ),
  )
  await held.abortTransaction()
  await held.endSession()
  assert.equal(new Set(docs.map(({ state }) => state.n)), new Set([1]))
})

reading.run()

const end = suite('ends')
end('ends', async () => {
  for (const name of made) await client.db(name).dropDatabase()
  await close()
})
end.run()
