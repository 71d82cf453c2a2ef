// Calls within a transaction of the caller's session.
import { createCollection, transaction } from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient, MongoError } from 'mongodb'
import * as assert from 'uvu/assert'
import { rejects } from '../collection/people.ts'
import { pause, until } from '../collection/watch-suite.ts'
import { suite } from '../support/suite.ts'
import { cuttingProxy } from './cutting-proxy.ts'
import { openDatabase } from './server.ts'

const { db, client, close } = await openDatabase('sessions')
const test = suite("a caller's session")
let ids = 0

const open = (from = db) => createCollection<any>('docs', { adapter: mongodbAdapter(from) })

async function held(from = db) {
  const docs = open(from)
  const doc = await docs.insert({ _id: ids++, n: 0, log: [] as string[] })
  const heard: string[] = []
  doc.subscribe(change => heard.push(`${change.origin} ${change.touched}`))
  doc.on('confirmed', ({ version }) => heard.push(`confirmed ${version}`))
  await pause(60)
  const stored = async () => db.collection<any>('docs').findOne({ _id: doc.id })
  return { docs, doc, heard, stored }
}

const push = (text: string) => (d: any) => void (d.log.push(text), d.n++)

test('calls build on one another; state, listeners and others wait for the commit', async () => {
  const { doc, heard, stored } = await held()
  const session = client.startSession()
  session.startTransaction()
  const first = await doc.edit(push('a'), { session })
  const second = await doc.edit(push('b'), { session })
  assert.equal([first?.changes.n, second?.changes.n], [1, 2])
  assert.equal([doc.state.n, doc.version, heard, (await stored()).n], [0, 1, [], 0])
  let isDone = false
  const other = doc.edit(push('c')).then(() => (isDone = true))
  await rejects(doc.edit(push('late'), { timeoutMS: 50 }), 'timeout')
  assert.is(isDone, false)
  await session.commitTransaction()
  await other
  assert.equal([doc.state.log, doc.version], [['a', 'b', 'c'], 4])
  assert.equal(heard, [
    'local log,n',
    'confirmed 2',
    'local log,n',
    'confirmed 3',
    'local log,n',
    'confirmed 4',
  ])
  assert.equal((await stored()).log, ['a', 'b', 'c'])
  await session.endSession()
  await doc.undo()
  assert.equal(doc.state.log, ['a', 'b'])
})

test('an aborted transaction leaves nothing, and a session that ends within one neither', async () => {
  for (const end of ['abort', 'end'] as const) {
    const { doc, heard, stored } = await held()
    const session = client.startSession()
    session.startTransaction()
    await doc.edit(push('a'), { session })
    if (end === 'abort') await session.abortTransaction()
    else await session.endSession()
    await doc.edit(push('b'))
    assert.equal([doc.state.log, (await stored()).log], [['b'], ['b']])
    assert.equal(heard, ['local log,n', 'confirmed 2'])
    await session.endSession()
  }
})

test('`withTransaction` whose first attempt aborts: what it left is dropped', async () => {
  const { docs, doc, heard, stored } = await held()
  const other = await docs.insert({ _id: ids++, n: 0, log: [] })
  let attempts = 0
  await client.withSession(session =>
    session.withTransaction(async () => {
      attempts++
      await doc.edit(push(`x${attempts}`), { session })
      await doc.edit(push(`y${attempts}`), { session })
      await other.edit(push(`z${attempts}`), { session })
      if (attempts === 1) {
        const error = new MongoError('again')
        error.addErrorLabel('TransientTransactionError')
        throw error
      }
    }),
  )
  await doc.settled()
  assert.equal([attempts, doc.state.log, other.state.log], [2, ['x2', 'y2'], ['z2']])
  assert.equal([(await stored()).log, heard.length], [['x2', 'y2'], 4])
})

test('another writer in between: the driver runs it again, on the newer state', async () => {
  const { doc } = await held()
  const elsewhere: any = await open().get(doc.id)
  let attempts = 0
  await client.withSession(session =>
    session.withTransaction(async () => {
      const change = await doc.edit(push('ours'), { session }).catch(error => {
        assert.ok(error.hasErrorLabel('TransientTransactionError'), String(error))
        throw error
      })
      assert.ok(change)
      if (attempts++ === 0) {
        await doc.edit(push('ours too'), { session })
        await session.abortTransaction()
        await elsewhere.edit(push('theirs'))
        throw Object.assign(new MongoError('again'), {
          hasErrorLabel: (label: string) => label === 'TransientTransactionError',
        })
      }
    }),
  )
  await doc.settled()
  assert.equal(doc.state.log, ['theirs', 'ours'])
  // A write conflict of the server.
  const session = client.startSession()
  session.startTransaction()
  await db.collection('docs').findOne({}, { session })
  await elsewhere.reload()
  await elsewhere.edit(push('more'))
  const error: any = await doc.edit(push('late'), { session }).catch(caught => caught)
  assert.ok(error.hasErrorLabel?.('TransientTransactionError'), String(error))
  await session.abortTransaction()
  await session.endSession()
  await doc.edit(push('after'))
  assert.equal(doc.state.log, ['theirs', 'ours', 'more', 'after'])
})

test('`transaction` in a session: inserts, edits, deletes and reads, all or nothing', async () => {
  const { docs, doc } = await held()
  const gone = await docs.insert({ _id: ids++, n: 0, log: [] })
  const read = await docs.insert({ _id: ids++, n: 7, log: [] })
  for (const commits of [false, true]) {
    const session = client.startSession()
    session.startTransaction()
    const made = await transaction(
      tx => {
        tx.edit(doc, push('t'))
        tx.delete(gone)
        assert.is(tx.read(read).n, 7)
        return tx.insert(docs, { _id: `new${doc.id}`, n: 1, log: [] })
      },
      { session },
    )
    await transaction(tx => tx.edit(made, push('in it')), { session })
    assert.equal([made.status, gone.status, doc.state.n], ['new', 'stored', 0])
    await rejects(gone.edit(push('x'), { session }), 'missing')
    if (commits) await session.commitTransaction()
    else await session.abortTransaction()
    await session.endSession()
    if (!commits) {
      await doc.settled()
      assert.equal([made.status, gone.status, doc.state.n], ['new', 'stored', 0])
      continue
    }
    await until(() => made.status === 'stored', 'the commit')
    assert.equal([made.state.log, gone.status, doc.state.log], [['in it'], 'deleted', ['t']])
    await made.edit(push('more'))
    assert.equal((await db.collection<any>('docs').findOne({ _id: made.id })).log, [
      'in it',
      'more',
    ])
  }
})

test('a refused write, and a document that another transaction deleted', async () => {
  const { docs, doc } = await held()
  await db.collection('docs').createIndex({ email: 1 }, { unique: true, sparse: true })
  await docs.insert({ _id: ids++, email: 'taken' })
  const session = client.startSession()
  session.startTransaction()
  await rejects(
    doc.edit((d: any) => void (d.email = 'taken'), { session }),
    'duplicate',
  )
  await session.abortTransaction()
  await db.collection<any>('docs').deleteOne({ _id: doc.id })
  session.startTransaction()
  await rejects(doc.edit(push('x'), { session }), 'missing')
  await session.abortTransaction()
  await session.endSession()
})

test('the answer to the commit is lost: the commit ids tell', async () => {
  const proxy = await cuttingProxy(process.env.COWSLIP_MONGODB_URL ?? '')
  const own = new MongoClient(proxy.url)
  const { doc, stored } = await held(own.db(db.databaseName))
  for (let i = 1; i <= 3; i++) {
    const session = own.startSession()
    session.startTransaction()
    await doc.edit(push(`${i}`), { session })
    let cuts = 2
    proxy.cut = name => name === 'commit' && cuts-- > 0
    await session.commitTransaction().catch(() => {})
    proxy.cut = () => false
    await session.endSession()
    await doc.settled()
    assert.is(doc.state.log.length, (await stored()).log.length)
    assert.equal(doc.state.log, (await stored()).log)
  }
  await doc.edit(push('after'))
  assert.equal(doc.state.log, (await stored()).log)
  await own.close()
  await proxy.close()
})

test('a write of the driver in the same session is seen by the next call', async () => {
  const { doc, stored } = await held()
  await client.withSession(session =>
    session.withTransaction(async () => {
      await doc.edit(push('ours'), { session })
      await db.collection<any>('docs').updateOne({ _id: doc.id }, { $inc: { n: 5 } }, { session })
      await doc.edit((d: any) => void (d.n *= 10), { session })
    }),
  )
  await doc.settled()
  await until(() => doc.state.n === 60, 'the commit')
  assert.equal([(await stored()).n, doc.state.log], [60, ['ours']])
})

test('documents are free after a commit, whatever others did at once, and after a call that hangs', async () => {
  const { doc } = await held()
  const raw = db.collection<any>('docs')
  const session = client.startSession()
  session.startTransaction()
  await doc.edit(push('a'), { session })
  await session.commitTransaction()
  await raw.replaceOne({ _id: doc.id }, { n: 5, log: [] })
  await doc.edit(push('b'), { timeoutMS: 5_000 })
  assert.equal([doc.state.n, doc.state.log], [6, ['b']])
  session.startTransaction()
  await doc.edit(push('c'), { session })
  const hanging = transaction(() => new Promise(() => {}), { session, timeoutMS: 50 })
  await rejects(hanging, 'timeout')
  await session.abortTransaction()
  await session.endSession()
  await doc.edit(push('d'), { timeoutMS: 5_000 })
  assert.equal(doc.state.log, ['b', 'd'])
})

test('a version that moved without the content, many transactions of one session, optimistic edits', async () => {
  const { docs, doc } = await held()
  const other: any = await open().get(doc.id)
  await other.edit((d: any) => void d.n++)
  await other.edit((d: any) => void d.n--)
  const session = client.startSession()
  for (let i = 0; i < 15; i++) {
    await session.withTransaction(() => doc.edit((d: any) => void d.n++, { session }))
  }
  assert.ok(session.listenerCount('ended') <= 2)
  void doc.edit((d: any) => void d.n++, { optimistic: true })
  await session.withTransaction(() => doc.edit((d: any) => void d.n++, { session }))
  await session.endSession()
  await doc.settled()
  assert.is((await docs.get(doc.id))!.state.n, 17)
})

test('a call whose time is over is not written, nor one of which a value cannot be stored', async () => {
  const { docs, doc, stored } = await held()
  const elsewhere = createCollection<any>('others', { adapter: (doc as any).adapter })
  const other = await elsewhere.insert({ _id: doc.id, n: 0 })
  const session = client.startSession()
  session.startTransaction()
  const stop = new AbortController()
  const work = doc.edit(push('late'), { session, signal: stop.signal })
  stop.abort(new Error('stop'))
  await work.then(
    () => assert.unreachable(),
    error => assert.is(error.message, 'stop'),
  )
  const both = transaction(
    tx => {
      tx.edit(doc, push('half'))
      tx.edit(other, d => void (d.n = 2n ** 70n))
    },
    { session },
  )
  await rejects(both, 'unsupported-value')
  await doc.edit(push('kept'), { session })
  await session.commitTransaction()
  await session.endSession()
  await doc.settled()
  assert.equal((await stored()).log, ['kept'])
  await docs.close()
})

test('what is refused: no transaction, another adapter, other calls', async () => {
  const { doc } = await held()
  const session = client.startSession()
  await rejects(doc.edit(push('x'), { session }), 'bad-argument')
  for (const bad of [null, 5, {}]) {
    await rejects(doc.edit(push('x'), { session: bad } as never), 'bad-argument')
  }
  session.startTransaction()
  const memory = await createCollection<any>('m', { adapter: memoryAdapter() }).insert({ n: 0 })
  await rejects(
    memory.edit((d: any) => void d.n++, { session }),
    'bad-argument',
  )
  await rejects(doc.patch({ n: 1 }, { session }), 'bad-argument')
  await rejects(doc.edit(push('x'), { session, ifVersion: 1 }), 'bad-argument')
  await session.abortTransaction()
  await session.endSession()
  await doc.edit(push('x'))
  assert.equal([doc.state.n, memory.state.n], [1, 0])
})

test('a transaction of the session is told once, and sets what the collection sets', async () => {
  const c = createCollection<any>('own', {
    adapter: mongodbAdapter(db),
    timestamps: true,
    softDelete: true,
    versions: [doc => ({ ...doc, shaped: true })],
    computed: { double: ({ n }: any) => 2 * n },
  })
  const raw = db.collection<any>('own')
  await raw.insertMany([
    { _id: 'a', n: 1 },
    { _id: 'b', n: 1 },
  ])
  const [a, b] = (await c.getMany(['a', 'b'])) as any[]
  const told: unknown[] = []
  c.on('transaction', ({ label, parts }) => {
    told.push([label, parts.map(({ id, kind, change }) => [id, kind, change?.touched])])
  })
  await client.withSession(session =>
    session.withTransaction(async () => {
      const work = (tx: any): void => {
        tx.edit(a, (d: any) => void d.n++)
        tx.delete(b)
        tx.insert(c, { _id: 'made', n: 5 })
      }
      await transaction(work, { session, label: 'all' })
      await a.edit((d: any) => void d.n++, { session })
    }),
  )
  await until(() => told.length > 0, 'the event')
  const [label, parts] = told[0] as [string, [string, string, string[]?][]]
  assert.equal([label, told.length], ['all', 1])
  assert.equal(parts.map(([id, kind]) => `${id} ${kind}`).sort(), [
    'a update',
    'a update',
    'b delete',
    'made insert',
  ])
  assert.equal(parts[0]![2], ['n', 'updatedAt', 'double'])
  assert.equal([a.state.n, a.state.double, b.status], [3, 6, 'deleted'])
  const [first, second, third] = await raw.find({}, { sort: { _id: 1 } }).toArray()
  assert.equal([first._cow.s, first.n, first.shaped, first.double], [1, 3, true, undefined])
  assert.equal(first.updatedAt, a.state.updatedAt)
  assert.ok(second.deletedAt instanceof Date && second._cow.s === 1)
  assert.ok(third.createdAt instanceof Date && third._cow.s === 1)
  // Its documents can be undone one by one.
  assert.is(c.history.canUndo, false)
  await a.undo()
  assert.is(a.state.n, 2)
})

test('ends', close)

test.run()
