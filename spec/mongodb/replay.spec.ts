import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { replay } from './replay.ts'
import { openDatabase } from './server.ts'

const { db, close } = await openDatabase('replay')
const test = suite('replay')

test('500 random change sets: the server has what the snapshot has, type for type', async () => {
  let changed = 0
  for (let seed = 1; changed < 500; seed++) changed += await replay(db, seed)
  assert.ok(changed >= 500)
})

test('ends', close)

test.run()
