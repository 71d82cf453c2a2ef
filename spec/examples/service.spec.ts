import * as assert from 'uvu/assert'
import { freshFolder } from '../support/fresh-lmdb.ts'
import { suite } from '../support/suite.ts'
import { buildService, scenario, serve } from './service-scenario.ts'

const test = suite('the order service')

test('on LMDB', async () => {
  await buildService()
  const output = await serve({ LMDB_FOLDER: freshFolder() }, scenario)
  assert.is(output.split('mail: {"type":"placed"').length - 1, 27)
  assert.is(output.split('mail: {"type":"cancelled"').length - 1, 3)
})

test.run()
