// Reading on memory and LMDB, and what they do not take.
import { createCollection } from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { freshLMDB } from '../support/fresh-lmdb.ts'
import { suite } from '../support/suite.ts'
import { rejects } from './people.ts'
import { reading } from './reading-suite.ts'

reading('memory', memoryAdapter)
reading('LMDB', freshLMDB)

const test = suite('options of MongoDB elsewhere')

test('hints change nothing, a collation is refused, and there is no native object', async () => {
  const docs = createCollection<any>('docs', { adapter: memoryAdapter() })
  await docs.insert({ _id: 1, name: 'ada' })
  const hints = { hint: { name: 1 }, batchSize: 5, maxTimeMS: 100 }
  assert.is((await docs.find({ name: 'ada' }, hints).toArray()).length, 1)
  await rejects(docs.find({}, { collation: { locale: 'en' } }).toArray(), 'unsupported-query')
  assert.is(docs.native, undefined)
})

test.run()
