import { spawnSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

const test = suite('npm run example:mongodb')

/** Runs an example on the server, and checks that it prints all of these. */
function shows(file: string, texts: readonly string[]): void {
  const env = { ...process.env, EXAMPLE_MONGODB_URL: process.env.COWSLIP_MONGODB_URL ?? '' }
  const args = ['examples/run.mjs', `examples/mongodb/${file}`]
  const options = { encoding: 'utf8', env, timeout: 60_000 } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, args, options)
  assert.is(status, 0, stderr)
  for (const text of texts) assert.ok(stdout.includes(text), `${text}\n${stdout}`)
}

test('shows what was edited and what was sent', () => {
  shows('main.ts', [
    'sent: {"$set":{"status":"packed"}}  + version 2',
    'sent: {"$set":{"shipping.city":"Paris"}}  + version 3',
    'sent: {"$set":{"items.7.qty":3}}',
    'sent: {"$set":{},"$push":{"log":"shipped"}}',
    'sent: {"$set":{},"$pop":{"items":-1}}',
    'clash: the server is at version 10',
    'both are there: from elsewhere, from here',
    'changed my mind: ink is still 5',
    'on the server: 19 items, packed, Paris',
  ])
})

test('beside-mongoose.ts shows two libraries on the same documents', () => {
  shows('beside-mongoose.ts', [
    'read: version 0, {"_id":"o1","status":"open","items":[{"sku":"ink","qty":1}]}',
    'Mongoose: VersionError',
    'clash: the server is at version 2',
    'packed, 2 items',
    'from Mongoose: status',
    'shipped, as Mongoose says too: shipped',
  ])
})

test.run()
