// The modes of `concurrency` on memory and LMDB, and their check.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import type { Adapter } from 'cowslip/adapter-contract'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'
import { modes, open } from './concurrency-suite.ts'

mkdirSync('build', { recursive: true })

modes('memory', memoryAdapter)

const paths: string[] = []
modes('LMDB', () => {
  paths.push(mkdtempSync('build/concurrency-'))
  return lmdbAdapter({ path: paths.at(-1) as string })
})
process.on('exit', () => paths.forEach(path => rmSync(path, { recursive: true })))

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
