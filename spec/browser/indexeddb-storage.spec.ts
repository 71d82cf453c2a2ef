// The IndexedDB adapter where the browser refuses, forgets, or is no page: quotas, upgrades, deleted databases, workers.
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { openSite, runInPage, troubleOf } from '../support/browser.ts'

const test = suite('the storage below IndexedDB')
const site = await openSite('spec/browser/pages')

const inPage = <R>(run: (spec: any) => Promise<R>): Promise<R> =>
  runInPage(site, 'indexeddb.ts', run)

test('a full storage refuses an edit alone, with what to do, and keeps the rest', async () => {
  const context = await site.browser.newContext()
  const page = await site.open('indexeddb.ts', { context })
  const session = await context.newCDPSession(page)
  const { origin } = new URL(page.url())
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 2_000_000 })
  const told = await page.evaluate(async () => {
    const { spec } = globalThis as any
    const adapter = spec.indexedDBAdapter({ name: 'full' })
    const files = spec.createCollection('files', { adapter })
    const doc = await files.insert({ _id: 'a', text: '' })
    const other = await files.insert({ _id: 'b', text: '' })
    // Browsers compress what is large.
    const bytes = crypto.getRandomValues(new Uint8Array(60_000))
    const text = Array.from({ length: 50 }, (_, i) => bytes.map(byte => byte ^ i).toString()).join()
    const [large, small] = await Promise.allSettled([
      doc.edit((draft: any) => void (draft.text = text)),
      other.edit((draft: any) => void (draft.text = 'small')),
    ])
    const { code, message, details } = (large as PromiseRejectedResult).reason
    return {
      code,
      message,
      details,
      small: small.status,
      text: doc.state.text,
      other: other.state.text,
    }
  })
  assert.is(told.code, 'adapter')
  assert.is(told.details.reason, 'QuotaExceededError')
  assert.match(told.message, 'navigator.storage.persist()')
  assert.equal([told.small, told.text, told.other], ['fulfilled', '', 'small'])
  await session.send('Storage.overrideQuotaForOrigin', { origin })
  const after = await page.evaluate(async () => {
    const { spec } = globalThis as any
    const files = spec.createCollection('files', {
      adapter: spec.indexedDBAdapter({ name: 'full' }),
    })
    const doc = await files.get('a')
    await doc.edit((draft: any) => void (draft.text = 'again'))
    return doc.state
  })
  assert.equal(after, { _id: 'a', text: 'again' })
  await context.close()
})

test('a database of a later version, of another program, a blocked upgrade, and no IndexedDB are told', async () => {
  const told = await inPage(async spec => {
    const open = (name: string, version: number, upgrade: (database: IDBDatabase) => void) =>
      new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name, version)
        request.onupgradeneeded = () => upgrade(request.result)
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error!)
      })
    const messageOf = async (name: string) => {
      const people = spec.createCollection('people', { adapter: spec.indexedDBAdapter({ name }) })
      return people.get('a').then(
        () => 'read',
        (error: any) => `${error.code}: ${error.message}`,
      )
    }
    ;(await open('later', 9, () => {})).close()
    ;(await open('other', 1, database => database.createObjectStore('things'))).close()
    const blocking = await open('blocked', 1, () => {})
    const { open: openFactory } = IDBFactory.prototype
    const messages = [await messageOf('later'), await messageOf('other')]
    // Stands for a later layout of this adapter, which an older tab keeps from being made.
    IDBFactory.prototype.open = function (name) {
      return openFactory.call(this, name, 2)
    }
    messages.push(await messageOf('blocked'))
    IDBFactory.prototype.open = function () {
      throw new DOMException('no', 'SecurityError')
    }
    messages.push(await messageOf('a'))
    IDBFactory.prototype.open = openFactory
    blocking.close()
    Object.defineProperty(globalThis, 'indexedDB', { value: undefined })
    messages.push(await messageOf('b'))
    return messages
  })
  const expected = [
    /^adapter: .*later version.* load the page again\./i,
    /^adapter: .*"other" that this adapter made.* another program.* `name`\./,
    /^adapter: .*a tab that has it open\. Close the other tabs/,
    /^adapter: .*may not keep anything/,
    /^adapter: .*a browser with IndexedDB/,
  ]
  assert.is(told.length, expected.length)
  told.forEach((text, i) => assert.match(text, expected[i] as RegExp))
})

test('a database that is deleted meanwhile is made anew, and watchers are told to read again', async () => {
  const told = await inPage(async spec => {
    const adapter = spec.indexedDBAdapter({ name: 'deleted' })
    const people = spec.createCollection('people', { adapter })
    const ada = await people.insert({ _id: 'ada', n: 1 })
    const events: string[] = []
    const ending = new AbortController()
    const { signal } = ending
    const watching = (async () => {
      for await (const { kind } of adapter.watch({ collections: ['people'], signal })) {
        events.push(kind)
      }
    })()
    while (events.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
    await new Promise(resolve => (indexedDB.deleteDatabase('deleted').onsuccess = resolve))
    const outcome = await ada.edit((draft: any) => void draft.n++).catch((error: any) => error.code)
    await people.insert({ _id: 'bob', n: 1 })
    while (!events.includes('reset')) await new Promise(resolve => setTimeout(resolve, 5))
    ending.abort()
    await watching
    return {
      outcome,
      events,
      ids: (await people.find({}).states().toArray()).map(({ _id }: any) => _id),
    }
  })
  assert.is(told.outcome, 'missing')
  assert.equal(told.events, ['begun', 'reset'])
  assert.equal(told.ids, ['bob'])
})

test('a watcher that slept longer than the journal reads everything again', async () => {
  const told = await inPage(async spec => {
    const adapter = spec.indexedDBAdapter({ name: 'slept', journal: { entries: 64 } })
    const people = spec.createCollection('people', { adapter })
    const begin = async (resumeToken?: unknown) => {
      const ending = new AbortController()
      const events: any[] = []
      const options = { collections: ['people'], signal: ending.signal, resumeToken }
      const watching = (async () => {
        for await (const event of adapter.watch(options)) events.push(event)
      })()
      while (events.length < 2) await new Promise(resolve => setTimeout(resolve, 5))
      ending.abort()
      await watching
      return events
    }
    const first = begin()
    await people.insert({ _id: 'first' })
    setTimeout(() => void people.insert({ _id: 'second' }), 100)
    const token = (await first).at(-1).resumeToken
    await people.insertMany(Array.from({ length: 50 }, (_, n) => ({ _id: `a${n}` })))
    const resumed = await begin(token)
    for (let k = 0; k < 5; k++) {
      await people.insertMany(Array.from({ length: 100 }, (_, n) => ({ _id: `b${k} ${n}` })))
    }
    const late = await begin(token)
    const kept = await new Promise<number>(resolve => {
      const request = indexedDB.open('slept')
      request.onsuccess = () => {
        const all = request.result.transaction('journal').objectStore('journal').getAll()
        all.onsuccess = () => resolve(all.result.flat().length)
      }
    })
    return { resumed: resumed.length, late: late.map(({ kind }) => kind).slice(0, 2), kept }
  })
  assert.ok(told.resumed > 40)
  assert.equal(told.late[1], 'reset')
  // At least those, and those of the transaction and the portion at their edge.
  assert.ok(told.kept >= 64 && told.kept < 64 + 64 + 100, `${told.kept} entries are kept`)
})

test('an index is made while another tab edits, and both keep it', async () => {
  const context = await site.browser.newContext()
  const one = await site.open('indexeddb.ts', { context })
  const two = await site.open('indexeddb.ts', { context })
  await one.evaluate(() =>
    (globalThis as any).spec.counters.insertMany(
      Array.from({ length: 2_000 }, (_, n) => ({ _id: `d${n}`, n, log: [] })),
    ),
  )
  const [made] = await Promise.all([
    two.evaluate(async () => {
      const { spec } = globalThis as any
      const { made } = await spec.shared.syncIndexes('counters', {
        indexes: [{ fields: { n: 1 } }],
      })
      return made
    }),
    one.evaluate(async () => {
      const { spec } = globalThis as any
      for (let i = 0; i < 100; i++) {
        const doc = await spec.counters.get(`d${i}`)
        await doc.edit((draft: any) => void (draft.n = 5_000 + i))
      }
    }),
  ])
  assert.equal(made, ['n_1'])
  for (const tab of [one, two]) {
    const [plan, found] = await tab.evaluate(async () => {
      const { spec } = globalThis as any
      const filter = { n: { $gte: 5_000 } }
      const plan = await spec.shared.explainQuery('counters', { filter })
      return [
        plan,
        await spec.counters
          .find(filter, { sort: { n: -1 }, limit: 3 })
          .states()
          .toArray(),
      ]
    })
    assert.equal(plan, { index: 'n_1', entries: 100, documents: 100 })
    assert.equal(
      found.map(({ _id }: any) => _id),
      ['d99', 'd98', 'd97'],
    )
    assert.equal(troubleOf.get(tab), [])
  }
  await context.close()
})

test('a worker keeps documents, and its page is told', async () => {
  const page = await site.open('in-worker.ts')
  await page.evaluate(() => (globalThis as any).spec.send(7))
  await page.waitForFunction(() => (globalThis as any).spec.state().n === 7)
  assert.equal(troubleOf.get(page), [])
  await page.close()
})

test('a page without WeakRef: stores, producers and collections work as elsewhere', async () => {
  const page = await site.open('without-weak-ref.ts')
  const seen = await page.evaluate(() => (globalThis as any).spec.run())
  assert.equal(seen, [138, 39, true, 3, [-0, -1, -2, -3, -4]])
  assert.equal(troubleOf.get(page), [])
  await page.close()
})

test('bad options are refused', async () => {
  const codes = await inPage(async spec => {
    const bad = [
      undefined,
      {},
      { name: '' },
      { name: 7 },
      { name: 'a', durability: 'some' },
      { name: 'a', bson: {} },
      { name: 'a', bson: { EJSON: { deserialize() {} } } },
      { name: 'a', journal: { entries: 0 } },
      { name: 'a', journal: 7 },
      { name: 'a', other: 1 },
    ]
    return bad.map(options => {
      try {
        return typeof spec.indexedDBAdapter(options)
      } catch (error) {
        return (error as { code: string }).code
      }
    })
  })
  assert.equal(
    codes,
    codes.map(() => 'bad-argument'),
  )
})

test('ends', () => site.close())

test.run()
