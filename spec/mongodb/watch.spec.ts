// Watching by change streams: what other programs write arrives by itself.
import { createCollection } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient, ObjectId } from 'mongodb'
import * as assert from 'uvu/assert'
import { collect, pause, until, watched } from '../collection/watch-suite.ts'
import { suite } from '../support/suite.ts'
import { cuttingProxy } from './cutting-proxy.ts'
import { openDatabase } from './server.ts'

const url = process.env.COWSLIP_MONGODB_URL ?? ''
const { db, fresh, close } = await openDatabase('watch')
/** The time in which a stream has begun, in milliseconds. */
const BEGIN_MS = 150

watched('MongoDB', () => mongodbAdapter(fresh()), BEGIN_MS)

const test = suite('watching by change streams')

const open = (name: string, from = db) =>
  createCollection<any>(name, { adapter: mongodbAdapter(from) })

test('what a program without versions writes: updates, replacements, deletes', async () => {
  const docs = open('shell')
  const raw = db.collection<any>('shell')
  const doc = await docs.insert({ _id: 1, n: 0, list: [{ id: 1, q: 1 }] })
  const seen: unknown[] = []
  doc.subscribe((change, { state }: any) =>
    seen.push([change.origin, change.touched, state.n, doc.version]),
  )
  const heard = collect(docs.watch())
  await pause(BEGIN_MS)
  await raw.updateOne({ _id: 1 }, { $set: { n: 5, 'list.1': { id: 2, q: 2 } } })
  await until(() => seen.length === 1, 'the update')
  assert.equal(seen, [['remote', ['n', 'list'], 5, 1]])
  await raw.replaceOne({ _id: 1 }, { n: 7 })
  await until(() => seen.length === 2, 'the replacement')
  assert.equal([doc.state, doc.version], [{ _id: 1, n: 7 }, 0])
  await doc.edit((d: any) => void d.n++)
  await raw.insertOne({ _id: 2, n: 1 })
  await raw.deleteOne({ _id: 1 })
  await until(() => doc.status === 'deleted', 'the delete')
  await until(() => heard.length === 4, 'all of it')
  assert.equal(heard, [
    'change 1 remote:n,list 5',
    'change 1 remote:list,n 7',
    'inserted 2 1',
    'deleted 1',
  ])
})

test('a collection that is dropped: everything held is read again, and the watch goes on', async () => {
  const docs = open('dropped')
  const doc = await docs.insert({ _id: 1, n: 0 })
  const heard = collect(docs.watch())
  await pause(BEGIN_MS)
  await db.collection('dropped').drop()
  await until(() => doc.status === 'deleted', 'the drop')
  assert.ok(heard.includes('reset'))
  await db.collection<any>('dropped').insertOne({ _id: 2, n: 3 })
  await until(() => heard.includes('inserted 2 3'), 'the new document')
})

test('a watch resumes behind its token, also after it crossed JSON; a lost one is reset', async () => {
  const adapter = mongodbAdapter(db)
  const docs = createCollection<any>('resumed', { adapter })
  const read = async (resumeToken: unknown, count: number) => {
    const stop = new AbortController()
    const events: any[] = []
    const options = { collections: ['resumed'], signal: stop.signal, resumeToken }
    for await (const event of adapter.watch!(options)) {
      events.push(event)
      if (event.kind === 'begun' && resumeToken === undefined) {
        for (let _id = 0; _id < 3; _id++) await docs.insert({ _id })
      }
      if (events.length === count) stop.abort()
    }
    return events
  }
  const first = await read(undefined, 4)
  assert.equal(
    first.map(({ kind, id }) => [kind, id]),
    [
      ['begun', undefined],
      ['insert', 0],
      ['insert', 1],
      ['insert', 2],
    ],
  )
  const token = JSON.parse(JSON.stringify(first[1].resumeToken))
  const again = await read(token, 3)
  assert.equal(
    again.map(({ kind, id, commitId }) => [kind, id, commitId]),
    first
      .slice(1)
      .map((event, i) =>
        i === 0 ? ['begun', undefined, undefined] : [event.kind, event.id, event.commitId],
      ),
  )
  // The token of `begun` too.
  assert.equal((await read(again[0].resumeToken, 3)).at(-1).id, 2)
  for (const token of [{ _data: 'zz' }, { _data: '8263A0' }, {}, 5, 'x']) {
    assert.is((await read(token, 1))[0].kind, 'reset', JSON.stringify(token))
  }
})

test('a document of the greatest size, whose event is larger', async () => {
  const docs = open('large')
  const doc = await docs.insert({ _id: 1, n: 0 })
  const heard = collect(docs.watch())
  await pause(BEGIN_MS)
  const text = 'x'.repeat(16 * 1024 * 1024 - 50)
  await db.collection<any>('large').insertOne({ _id: 2, text })
  await db.collection<any>('large').updateOne({ _id: 2 }, { $set: { text: `${text}y` } })
  await db.collection<any>('large').updateOne({ _id: 1 }, { $set: { n: 5 } })
  await until(() => doc.state.n === 5, 'the update')
  assert.ok(heard.some(event => /reset|inserted 2/.test(event)))
})

test('one stream for a collection, opened for the first listener and closed after the last', async () => {
  const watching = new MongoClient(url, { monitorCommands: true })
  const opened: string[] = []
  watching.on('commandStarted', ({ commandName, command }) => {
    if (commandName === 'aggregate' && command.pipeline?.[0]?.$changeStream) opened.push('open')
    if (commandName === 'killCursors') opened.push('close')
  })
  const docs = open('one', watching.db(db.databaseName))
  const all = await Promise.all([1, 2, 3].map(_id => docs.insert({ _id, n: 0 })))
  const stops = all.map(doc => doc.subscribe(() => {}))
  const stream = docs.watch()
  await pause(BEGIN_MS)
  assert.equal(opened, ['open'])
  stops.forEach(stop => stop())
  await pause(50)
  assert.equal(opened, ['open'])
  await stream.return?.()
  await until(() => opened.length === 2, 'the close')
  const stop = all[0]!.subscribe(() => {})
  await until(() => opened.length === 3, 'another')
  stop()
  await pause(BEGIN_MS)
  await watching.close()
})

test('a cut connection: the watch begins again, nothing is missed, and no write is told twice', async () => {
  const proxy = await cuttingProxy(url)
  const watching = new MongoClient(proxy.url)
  const docs = open('cut', watching.db(db.databaseName))
  const other = open('cut')
  const doc: any = await other.insert({ _id: 1, n: 0 })
  const live: any = await docs.get(1)
  const versions: number[] = []
  live.subscribe((change: any) => versions.push(change.version))
  await pause(BEGIN_MS)
  for (let i = 0; i < 30; i++) {
    if (i % 10 === 5) proxy.drop()
    await doc.edit((d: any) => void d.n++)
    await pause(5)
  }
  await until(() => live.state.n === 30, 'the last one')
  assert.equal(
    [...versions].sort((a, b) => a - b),
    versions,
  )
  assert.is(new Set(versions).size, versions.length)
  await watching.close()
  await proxy.close()
})

test('an own write whose event comes before its answer is told once', async () => {
  const docs = open('own')
  const doc: any = await docs.insert({ _id: new ObjectId(), n: 0 })
  const origins: string[] = []
  doc.subscribe((change: any) => origins.push(change.origin))
  const heard = collect(docs.watch())
  await pause(BEGIN_MS)
  for (let i = 0; i < 100; i++) await doc.edit((d: any) => void d.n++)
  await doc.delete()
  await pause(100)
  assert.equal([origins.length, new Set(origins), heard], [100, new Set(['local']), []])
})

/** The database, with streams that end with an error. */
function failing(next: () => Promise<unknown>) {
  const stream = { resumeToken: null, next, on: () => {}, close: async () => {} }
  return new Proxy(db, {
    get(target, key) {
      if (key !== 'collection') return Reflect.get(target, key, target) as unknown
      let opened = 0
      return (name: string) => {
        const real = target.collection(name)
        const watch = (...args: [any, any]) => (opened++ === 0 ? stream : real.watch(...args))
        return Object.create(real, { watch: { value: watch } }) as typeof real
      }
    },
  })
}

test('a stream that cannot go on begins anew, with `reset`; another error interrupts it', async () => {
  for (const code of [286, 260, 280, 10334, 11600]) {
    const error = Object.assign(new Error('ended'), { code, name: 'MongoServerError' })
    const docs = open(
      'anew',
      failing(() => pause(20).then(() => Promise.reject(error))),
    )
    const events: any[] = []
    const stream = docs.watch()
    void (async () => {
      for await (const event of stream) events.push(event)
    })()
    const what = code === 11600 ? 'liveness' : 'reset'
    await until(() => events.length > 0, what)
    assert.is(events[0].type, what, `${code}`)
    if (what === 'liveness') await until(() => events[1]?.isLive === true, 'the new stream')
    await pause(BEGIN_MS)
    await db.collection<any>('anew').insertOne({ _id: code })
    await until(() => events.at(-1).id === code, 'what comes after it')
    await docs.close()
  }
})

/** Makes the clock by which a stream is given up tick faster. Returns a function that ends it. */
function hasten(times: number): () => void {
  const { setInterval } = globalThis
  const hastened = (act: () => void, ms: number) => setInterval(act, ms === 2_500 ? ms / times : ms)
  Object.assign(globalThis, { setInterval: hastened })
  return () => void Object.assign(globalThis, { setInterval })
}

test('a stream that never answers again is given up, and opened anew', async () => {
  const restore = hasten(20)
  const from = failing(() => new Promise(() => {}))
  const docs = open('silent', from)
  const events: any[] = []
  const stream = docs.watch()
  void (async () => {
    for await (const event of stream) events.push(event)
  })()
  await until(() => events.length > 0, 'the interruption')
  restore()
  assert.equal([events[0].type, events[0].error.code], ['liveness', 'timeout'])
  await until(() => events[1]?.isLive === true, 'the new stream')
  await pause(BEGIN_MS)
  await db.collection<any>('silent').insertOne({ _id: 1 })
  await until(() => events.at(-1).id === 1, 'what comes after it')
  await docs.close()
})

test('a stream on which nothing is written is not given up', async () => {
  // The server answers each second; the stream is given up after three.
  const restore = hasten(3)
  const docs = open('quiet')
  const heard = collect(docs.watch())
  await pause(6_000)
  restore()
  assert.equal(heard, [])
  await docs.close()
})

test('a server without change streams says so, to streams and to those who listen to documents', async () => {
  const error = Object.assign(new Error('only supported on replica sets'), { code: 40573 })
  const from = failing(() => Promise.reject(error))
  const docs = open('alone', from)
  const doc = await docs.insert({ _id: 1 })
  const told: any[] = []
  doc.on('error', event => void told.push(event))
  doc.subscribe(() => {})
  await until(() => told.length === 1, 'the error')
  assert.equal([told[0].listener, told[0].error.code], ['the watch', 'adapter'])
  assert.match(told[0].error.message, /replica set/)
  const stop = new AbortController()
  const again = failing(() => Promise.reject(error))
  const stream = open('alone', again).watch({ signal: stop.signal })
  const { value } = await stream.next()
  assert.equal(
    [value.type, value.isLive, value.error.details.reason],
    ['liveness', false, 'no change streams'],
  )
  stop.abort()
  await docs.close()
})

test('a client that is closed ends its watches, and is not asked again', async () => {
  const own = new MongoClient(url)
  const heard = collect(open('closed', own.db(db.databaseName)).watch())
  const early = collect(open('closed', own.db(db.databaseName)).watch())
  await pause(BEGIN_MS)
  await own.close()
  await until(() => heard.at(-1) === 'end' && early.at(-1) === 'end', 'the end')
})

test('ends', async () => {
  await close()
})

test.run()
