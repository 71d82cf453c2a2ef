// The modes of `concurrency` on memory and LMDB, and their check.
import type { Adapter } from 'cowslip/adapter-contract'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { freshLMDB } from '../support/fresh-lmdb.ts'
import { code, suite } from '../support/suite.ts'
import { modes, open } from './concurrency-suite.ts'

modes('memory', memoryAdapter)

modes('LMDB', freshLMDB)

const options = suite('concurrency')

options('another mode, or an adapter without it, is refused', () => {
  assert.throws(() => open(memoryAdapter(), 'optimistic' as never), code('bad-argument'))
  const adapter: Adapter = {
    capabilities: { ...memoryAdapter().capabilities, fieldGuards: false },
    load: async () => [],
    find: async function* () {},
    commit: async () => ({ status: 'missing' }),
    close: async () => {},
  }
  assert.throws(() => open(adapter, 'fields'), code('bad-argument'))
  assert.type(open(adapter, 'version').get, 'function')
})

options.run()
