// Shard keys: what is sent. No sharded cluster is at hand; a server that is none takes the same commands.
import { createCollection, transaction } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { db, close } = await openDatabase('shards')
const watching = new MongoClient(process.env.COWSLIP_MONGODB_URL ?? '', { monitorCommands: true })
const filters: any[] = []
watching.on('commandStarted', ({ command }) => {
  for (const { q } of command.updates ?? command.deletes ?? []) filters.push(q)
  if (command.findAndModify !== undefined) filters.push(command.query)
})

const open = (concurrency: 'version' | 'fields' | 'none' = 'version', name = 'docs') => {
  const shardKey = { [name]: ['tenant', 'at.zone', '_id'] }
  const adapter = mongodbAdapter(watching.db(db.databaseName), { shardKey })
  return createCollection<any>(name, { adapter, concurrency })
}

const hasKey = (filter: any, tenant: unknown, zone: unknown = null) => {
  assert.equal([filter.tenant, filter['at.zone']], [{ $eq: tenant }, { $eq: zone }])
}

const test = suite('shard keys')

test('the values of the key are in the filter of each write, alone, together and in transactions', async () => {
  for (const mode of ['version', 'fields', 'none'] as const) {
    const docs = open(mode)
    const made = await Promise.all(
      [1, 2, 3].map(n =>
        docs.insert({
          _id: `${mode}${n}`,
          tenant: `t${n}`,
          n: 0,
          ...(n === 3 && { at: { zone: 'eu' } }),
        }),
      ),
    )
    filters.length = 0
    await made[0]!.edit((d: any) => void d.n++)
    hasKey(filters[0], 't1')
    filters.length = 0
    await Promise.all(made.map(doc => doc.edit((d: any) => void d.n++)))
    const of = (n: number) => filters.find(({ _id }) => _id === `${mode}${n}`)
    hasKey(of(2), 't2')
    hasKey(of(3), 't3', 'eu')
    filters.length = 0
    await transaction(tx => tx.edit(made[1]!, (d: any) => void d.n++))
    hasKey(filters[0], 't2')
    filters.length = 0
    await made[2]!.delete()
    hasKey(filters[0], 't3', 'eu')
    assert.equal(
      made.map(doc => doc.state.n),
      [2, 2, 1],
    )
  }
})

test('a stale write in a batch clashes by the key too', async () => {
  const [ours, theirs] = [open(), open()]
  await ours.insert({ _id: 'a', tenant: 't', n: 0 })
  await ours.insert({ _id: 'b', tenant: 't', n: 0 })
  const held = await Promise.all(['a', 'b'].map(id => theirs.get(id)))
  await (await ours.get('a'))!.edit((d: any) => void d.n++)
  await Promise.all(held.map(doc => doc!.edit((d: any) => void d.n++)))
  assert.equal(
    held.map(doc => doc!.state.n),
    [2, 1],
  )
  assert.is(await ours.count({ tenant: 't' }), 2)
})

test('an edit of the key is refused, alone; what lies beside it is not', async () => {
  const doc = await open().insert({ _id: 'k', tenant: 't', at: { zone: 'eu', city: 'Rome' }, n: 0 })
  const work = [
    doc.edit((d: any) => void d.n++),
    doc.edit((d: any) => void (d.tenant = 'u')),
    doc.edit((d: any) => void (d.at.city = 'Oslo')),
    doc.edit((d: any) => void delete d.at),
    doc.edit((d: any) => void d.n++),
  ]
  const results = await Promise.allSettled(work)
  assert.equal(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
  )
  for (const i of [1, 3])
    assert.ok(code('immutable-field')((results[i] as PromiseRejectedResult).reason))
  assert.equal(doc.state, { _id: 'k', tenant: 't', at: { zone: 'eu', city: 'Oslo' }, n: 2 })
})

test('refuses keys of another shape', () => {
  for (const shardKey of [null, 5, { docs: 'tenant' }, { docs: [5] }, { docs: [''] }]) {
    assert.throws(() => mongodbAdapter(db, { shardKey } as never), code('bad-argument'))
  }
})

test('ends', async () => {
  await watching.close()
  await close()
})

test.run()
