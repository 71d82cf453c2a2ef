import { createCollection, transaction } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
import * as assert from 'uvu/assert'
import { transactionSuite } from '../collection/transaction-suite.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { db, client, fresh, close } = await openDatabase('transaction')

transactionSuite('mongodb', () => mongodbAdapter(fresh()))

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

reading(
  'the writes of one collection are one command; a stale or refused one aborts all',
  async () => {
    const watching = new MongoClient(process.env.COWSLIP_MONGODB_URL ?? '', {
      monitorCommands: true,
    })
    const sent: string[] = []
    watching.on('commandStarted', ({ commandName }) => sent.push(commandName))
    const adapter = mongodbAdapter(watching.db(db.databaseName))
    const [c, other] = ['ten', 'others'].map(name => createCollection<any>(name, { adapter }))
    const docs = await Promise.all(Array.from({ length: 10 }, (_, _id) => c!.insert({ _id, n: 0 })))
    const [gone] = await Promise.all([c!.insert({ _id: 'gone' }), other!.insert({ _id: 1, n: 0 })])
    sent.length = 0
    await transaction(tx => {
      for (const doc of docs) tx.edit(doc, d => void d.n++)
      tx.insert(c!, { _id: 'new', n: 1 })
      tx.delete(gone)
      tx.insert(other!, { _id: 2, n: 1 })
    })
    assert.is(sent.filter(name => name === 'update').length, 1)
    assert.is(sent.at(-1), 'commitTransaction')
    assert.ok(sent.length <= 5, sent.join())
    const raw = db.collection<any>('ten')
    assert.is(await raw.countDocuments({ n: 1 }), 11)
    assert.is(gone.status, 'deleted')

    // Stale: it is loaded, and the callback runs again.
    await raw.updateOne({ _id: 4 }, { $set: { n: 50, '_cow.v': 9 } })
    let runs = 0
    await transaction(tx => {
      runs++
      for (const doc of docs) tx.edit(doc, d => void d.n++)
    })
    assert.equal([runs, docs[4]!.state.n, docs[5]!.state.n], [2, 51, 2])
    // Refused: nothing is stored, and the one at fault is named.
    await raw.createIndex({ email: 1 }, { unique: true, sparse: true })
    await docs[9]!.edit(d => (d.email = 'taken'))
    const error: any = await transaction(tx => {
      for (const doc of docs.slice(0, 5)) tx.edit(doc, d => void d.n++)
      tx.edit(docs[5]!, d => (d.email = 'taken'))
    }).catch(caught => caught)
    assert.equal([error.code, error.details.id, error.details.fields], ['duplicate', 5, ['email']])
    assert.is(await raw.countDocuments({ n: 2 }), 9)
    await watching.close()
  },
)

reading.run()

const end = suite('ends')
end('ends', async () => {
  await close()
})
end.run()
