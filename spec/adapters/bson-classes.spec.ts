import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as bson from 'bson'
import { createCollection } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'
import * as mongodb from 'mongodb'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { code, suite } from '../support/suite.ts'

const root = mkdtempSync(join('build', 'bson-'))
process.on('exit', () => rmSync(root, { recursive: true, force: true }))
let folders = 0
const folder = (): string => join(root, `${folders++}`)

const test = suite('the classes of BSON that LMDB reads')

/** What a document of ours holds when it is read again. */
async function readAgain(options: object, value: unknown): Promise<any> {
  const path = folder()
  const one = lmdbAdapter({ path, ...options })
  await createCollection<any>('c', { adapter: one }).insert({ _id: 1, value, list: [value] })
  await one.close()
  const two = lmdbAdapter({ path, ...options })
  const [state] = await createCollection<any>('c', { adapter: two }).find().states().toArray()
  await two.close()
  return state
}

test('are the driver’s by default: two builds of one package are two', async () => {
  assert.is.not(mongodb.ObjectId, bson.ObjectId)
  const { value, list } = await readAgain({}, new mongodb.ObjectId())
  assert.ok(value instanceof mongodb.ObjectId && list[0] instanceof mongodb.ObjectId)
  const sum = await readAgain({}, mongodb.Decimal128.fromString('2.50'))
  assert.ok(sum.value instanceof mongodb.Decimal128 && String(sum.value) === '2.50')
})

test('or those that are asked for', async () => {
  const { value } = await readAgain({ bson }, new bson.ObjectId())
  assert.ok(value instanceof bson.ObjectId)
  const other = await readAgain({ bson: mongodb.BSON }, new mongodb.ObjectId())
  assert.ok(other.value instanceof mongodb.ObjectId)
  for (const wrong of [5, null, {}, { EJSON: {} }]) {
    assert.throws(() => lmdbAdapter({ path: folder(), bson: wrong as never }), code('bad-argument'))
  }
})

test('so that a schema accepts what it has written', async () => {
  const schema = z.object({ _id: z.number(), owner: z.instanceof(mongodb.ObjectId), n: z.number() })
  const path = folder()
  const one = lmdbAdapter({ path })
  await createCollection('c', { adapter: one, schema }).insert({
    _id: 1,
    owner: new mongodb.ObjectId(),
    n: 0,
  })
  await one.close()
  const two = lmdbAdapter({ path })
  const doc = (await createCollection('c', { adapter: two, schema }).get(1))!
  await doc.edit(draft => void draft.n++)
  assert.is(doc.state.n, 1)
  await two.close()
})

test('the classes are the same in CommonJS', () => {
  const script = `
    const { ObjectId } = require('mongodb')
    ;(async () => {
      const { createCollection } = await import('cowslip')
      const { lmdbAdapter } = await import('cowslip/lmdb')
      const adapter = lmdbAdapter({ path: ${JSON.stringify(folder())} })
      const c = createCollection('c', { adapter })
      await c.insert({ _id: 1, owner: new ObjectId() })
      const [{ owner }] = await c.find().states().toArray()
      console.log(owner instanceof ObjectId, owner instanceof require('bson').ObjectId)
      await adapter.close()
    })()`
  const output = execFileSync(process.execPath, ['--input-type=commonjs', '-e', script], {
    encoding: 'utf8',
  })
  assert.is(output.trim(), 'true true')
})

test.run()
