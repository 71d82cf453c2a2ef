// The IndexedDB adapter in a browser: the contract, random programs, and tabs that agree.
import * as assert from 'uvu/assert'
import type { Page } from 'playwright-core'
import { suite } from '../support/suite.ts'
import { openSite, troubleOf } from '../support/browser.ts'

const test = suite('IndexedDB in a browser')
const site = await openSite('spec/browser/pages')
const page = await site.open('indexeddb.ts')

const call = (page: Page, name: string, ...args: unknown[]): Promise<any> =>
  page.evaluate(([name, args]) => (globalThis as any).spec[name](...args), [name, args] as const)

for (const which of ['contract', 'faultyContract']) {
  test(`${which}: every promise is kept`, async () => {
    const [run, failures] = await call(page, which)
    assert.equal(failures, [])
    assert.ok(run > 40)
  })
}

test('random interleavings of reads, writes and foreign writes', () =>
  call(page, 'interleave', 1, 300))

test('queries find what they find in memory, in the same order, with indexes and without', async () => {
  let indexed = 0
  for (let seed = 1; seed <= 4; seed++) {
    const { faults, ...compared } = await call(page, 'compareQueries', seed, 250, 50)
    assert.equal(faults, [])
    indexed += compared.indexed
  }
  assert.ok(indexed > 40, `${indexed} answers came by an index`)
})

test('commits of one turn that take unique values from each other end as in memory', async () => {
  for (let seed = 1; seed <= 3; seed++) {
    assert.equal(await call(page, 'compareUnique', seed, 100), [], `seed ${seed}`)
  }
})

test('two tabs edit one document 500 times each, and one is killed in between', async () => {
  const context = await site.browser.newContext()
  const acknowledged: string[] = []
  await context.exposeFunction('acknowledge', (text: string) => void acknowledged.push(text))
  const one = await site.open('indexeddb.ts', { context })
  const two = await site.open('indexeddb.ts', { context })
  for (const tab of [one, two]) await call(tab, 'hold', 'both')
  const killed = call(two, 'count', 'both', 'b', 0, 500).catch(() => {})
  await Promise.all([
    call(one, 'count', 'both', 'a', 0, 250),
    (async () => {
      while (acknowledged.filter(text => text.startsWith('b')).length < 100)
        await one.waitForTimeout(1)
      await two.close()
      await killed
    })(),
  ])
  const done = acknowledged.filter(text => text.startsWith('b')).length
  assert.ok(done < 500)
  const three = await site.open('indexeddb.ts', { context })
  await call(three, 'hold', 'both')
  await Promise.all([
    call(one, 'count', 'both', 'a', 250, 500),
    call(three, 'count', 'both', 'b', done + 1, 500),
  ])
  const stored = await call(three, 'stored', 'both')
  for (const tab of [one, three]) {
    await tab.waitForFunction(n => (globalThis as any).spec.state('both').n === n, stored.n)
    assert.equal(await call(tab, 'state', 'both'), stored)
    assert.equal(troubleOf.get(tab), [])
  }
  // The edit that was under way may be stored or not. Every other one is there once.
  const log: string[] = stored.log
  assert.is(new Set(log).size, log.length)
  assert.equal(
    acknowledged.filter(text => !log.includes(text)),
    [],
  )
  assert.ok(log.length - acknowledged.length <= 1)
  assert.is(stored.n, log.length)
  await context.close()
})

test('commits that are made together share transactions', async () => {
  const transactions = await page.evaluate(async () => {
    const { spec } = globalThis as any
    const inserted = Array.from({ length: 64 }, (_, n) => ({ _id: `t${n}`, n, log: [] }))
    const { transaction } = IDBDatabase.prototype
    let count = 0
    IDBDatabase.prototype.transaction = function (...args) {
      if (args[1] === 'readwrite') count++
      return transaction.apply(this, args)
    }
    await Promise.all(inserted.map(doc => spec.counters.insert(doc)))
    IDBDatabase.prototype.transaction = transaction
    return count
  })
  assert.ok(transactions <= 3, `${transactions} transactions`)
})

test('types of BSON and odd ids survive, in the order of BSON', async () => {
  const told = await page.evaluate(async () => {
    const { spec } = globalThis as any
    const { ObjectId, Decimal128, Long, EJSON } = spec.bson
    const odd = spec.createCollection('odd', { adapter: spec.shared })
    const ids = ['\ue000', '\u{1f600}', 'a', 7, 10n ** 15n, new ObjectId('65'.repeat(12)), '', -1.5]
    const value = {
      at: new Date(5),
      nan: [NaN, -0],
      long: Long.fromString('9007199254740993'),
      price: new Decimal128('0.10'),
      bytes: new Uint8Array([1, 2]),
      big: 2n ** 62n,
    }
    for (const _id of ids) await odd.insert({ _id, value })
    const found = await odd
      .find({}, { sort: { _id: 1 } })
      .states()
      .toArray()
    const again = await odd
      .find({}, { sort: { _id: -1 } })
      .states()
      .toArray()
    const states = await odd
      .find({ _id: { $gt: '' } }, { sort: { _id: -1 } })
      .states()
      .toArray()
    const idOf = ({ _id }: any): string => (typeof _id === 'bigint' ? `${_id}n` : String(_id))
    const { at, nan, long, price, bytes, big } = found[0].value
    return {
      ids: found.map(idOf),
      isReversed: again.map(idOf).reverse().join() === found.map(idOf).join(),
      texts: states.map(idOf),
      kept: [
        at.getTime(),
        nan.map((n: number) => (Object.is(n, -0) ? '-0' : String(n))),
        EJSON.stringify([long, price], { relaxed: false }),
        [...bytes],
        String(big),
      ],
    }
  })
  assert.equal(told.ids, [
    '-1.5',
    '7',
    '1000000000000000n',
    '',
    'a',
    '\ue000',
    '\u{1f600}',
    '65'.repeat(12),
  ])
  assert.ok(told.isReversed)
  assert.equal(told.texts, ['\u{1f600}', '\ue000', 'a'])
  assert.equal(told.kept, [
    5,
    ['NaN', '-0'],
    '[{"$numberLong":"9007199254740993"},{"$numberDecimal":"0.10"}]',
    [1, 2],
    String(2n ** 62n),
  ])
})

test('a strict page: no code is generated, and nothing is told', async () => {
  const policy = "default-src 'self'; script-src 'self'; img-src data:"
  const page = await site.open('indexeddb.ts', { policy })
  await call(page, 'hold', 'strict')
  await call(page, 'count', 'strict', 'a', 0, 20)
  assert.is((await call(page, 'stored', 'strict')).n, 20)
  assert.equal(troubleOf.get(page), [])
  await page.close()
})

test('nothing was told on the way', () => assert.equal(troubleOf.get(page), []))

test('ends', () => site.close())

test.run()
