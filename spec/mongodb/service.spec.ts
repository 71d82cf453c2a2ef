import * as assert from 'uvu/assert'
import { buildService, scenario, serve } from '../examples/service-scenario.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { db, close } = await openDatabase('service')
const test = suite('the order service on MongoDB')

test('by one variable of the environment', async () => {
  await buildService()
  const { COWSLIP_MONGODB_URL: MONGODB_URL = '' } = process.env
  const output = await serve({ MONGODB_URL, MONGODB_NAME: db.databaseName }, scenario)
  assert.match(output, /mail: {"type":"cancelled"/)
})

test('ends', close)

test.run()
