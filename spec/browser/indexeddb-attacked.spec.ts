// What an attack on the IndexedDB adapter found, and its neighbours.
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { openSite, runInPage } from '../support/browser.ts'

const test = suite('IndexedDB, attacked')
const site = await openSite('spec/browser/pages')

const inPage = <R>(run: (spec: any) => Promise<R>): Promise<R> =>
  runInPage(site, 'indexeddb.ts', run)

test('a call that is refused writes nothing, whatever stands beside it', async () => {
  const told = await inPage(async spec => {
    // Without the option `bson`, an id of BSON has a key and cannot be written.
    const adapter = spec.indexedDBAdapter({ name: 'atomic' })
    adapter.open('c', { leaves: [] })
    const insert = (id: unknown, commitId: string) => {
      return { kind: 'insert', collection: 'c', id, commitId, next: { _id: id } }
    }
    const remove = (commitId: string) => {
      const id = new spec.bson.Int32(6)
      return { kind: 'delete', collection: 'c', id, commitId, guard: 'none' }
    }
    await adapter.commit(insert(6, 'a'))
    const outcomes = await Promise.allSettled([
      adapter.transaction([insert(7, 'b'), remove('c'), insert(8, 'd')]),
      adapter.commit(remove('e')),
      adapter.commit(insert(9, 'f')),
    ])
    const stored = await adapter.load('c', [6, 7, 8, 9])
    return [
      outcomes.map((outcome: any) => outcome.reason?.code ?? outcome.value.status),
      stored.map((each: any) => each?.doc._id),
    ]
  })
  assert.equal(told, [
    ['unsupported-value', 'unsupported-value', 'committed'],
    [6, undefined, undefined, 9],
  ])
})

test('a database that is deleted gets its indexes again', async () => {
  const told = await inPage(async spec => {
    const adapter = spec.indexedDBAdapter({ name: 'unique' })
    const indexes = [{ fields: { mail: 1 }, unique: true }]
    const people = spec.createCollection('people', { adapter, indexes })
    await people.insert({ _id: 1, mail: 'a' })
    await new Promise(resolve => (indexedDB.deleteDatabase('unique').onsuccess = resolve))
    const insert = (_id: number) =>
      people.insert({ _id, mail: 'a' }).then(
        () => 'inserted',
        (error: any) => error.code,
      )
    const codes = [await insert(3), await insert(4)]
    await new Promise(resolve => (indexedDB.deleteDatabase('unique').onsuccess = resolve))
    // A read makes them too.
    const { index } = await people.find({ mail: 'b' }).explain()
    return [...codes, index]
  })
  assert.equal(told, ['inserted', 'duplicate', 'mail_1'])
})

test('close waits for calls under way, and nothing is opened after it', async () => {
  const told = await inPage(async spec => {
    const adapter = spec.indexedDBAdapter({ name: 'closing' })
    const options = { adapter, indexes: [{ fields: { m: 1 } }] }
    const [, d] = ['c', 'd'].map(name => spec.createCollection(name, options))
    const one = { kind: 'insert', collection: 'c', id: 1, commitId: 'one', next: { _id: 1, m: 1 } }
    const calls = [
      adapter.commit(one),
      adapter.transaction(
        ['c', 'd'].map((collection, i) => ({
          kind: 'insert',
          collection,
          id: 2,
          commitId: `t${i}`,
          next: { _id: 2, m: 2 },
        })),
      ),
    ]
    const closing = adapter.close()
    const outcomes = await Promise.allSettled(calls)
    await closing
    const again = spec.indexedDBAdapter({ name: 'closing' })
    const docs = spec.createCollection('c', { adapter: again })
    await docs.insertMany(Array.from({ length: 200 }, (_, n) => ({ _id: n + 10 })))
    let opened = 0
    const { open } = IDBFactory.prototype
    IDBFactory.prototype.open = function (...args) {
      opened++
      return open.apply(this, args)
    }
    const codes: string[] = []
    const note = (error: any) => void codes.push(error.code)
    let seen = 0
    try {
      for await (const _ of docs.find({})) if (++seen === 5) await again.close()
    } catch (error) {
      note(error)
    }
    await again.load('c', [1]).catch(note)
    await again.count('c', {}).catch(note)
    await d.get(1).catch(note)
    return { outcomes: outcomes.map(({ status }) => status), opened, codes, isPart: seen < 200 }
  })
  assert.equal(told, {
    outcomes: ['fulfilled', 'fulfilled'],
    opened: 0,
    codes: ['closed', 'closed', 'closed', 'closed'],
    isPart: true,
  })
})

test('a watch goes on right behind the event of its token', async () => {
  const told = await inPage(async spec => {
    const adapter = spec.indexedDBAdapter({ name: 'tokens' })
    const people = spec.createCollection('people', { adapter })
    const read = async (resumeToken: unknown, count: number) => {
      const events: any[] = []
      for await (const event of adapter.watch({ collections: ['people'], resumeToken })) {
        events.push(event)
        if (events.length === count) return events
        if (events.length === 1 && resumeToken === undefined) {
          await people.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }])
        }
      }
      return events
    }
    const all = await read(undefined, 4)
    const rest = await read(JSON.parse(JSON.stringify(all[2].resumeToken)), 2)
    return [all.map(({ id }: any) => id), rest.map(({ id }: any) => id)]
  })
  assert.equal(told, [
    [undefined, 1, 2, 3],
    [undefined, 3],
  ])
})

test('an error of the program stays what it is', async () => {
  const told = await inPage(async spec => {
    const adapter = spec.indexedDBAdapter({ name: 'own' })
    const people = spec.createCollection('people', { adapter })
    await people.insert({ _id: 1, n: 1 })
    const indexes = [{ fields: { n: 1 } }]
    const onProgress = () => {
      throw new RangeError('my own')
    }
    const first = await adapter.syncIndexes('people', { indexes, onProgress }).catch(String)
    const second = await adapter.syncIndexes('people', { indexes })
    return [first, second.made]
  })
  assert.equal(told, ['RangeError: my own', ['n_1']])
})

test('ends', () => site.close())

test.run()
