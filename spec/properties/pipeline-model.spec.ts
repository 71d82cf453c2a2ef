import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import { suite } from '../support/suite.ts'
import { checkPrograms } from './pipeline-model.ts'

const test = suite('the commit pipeline against a sequential model')

test('2,000 programs on memory', () => checkPrograms(memoryAdapter(), 2_000, 1))

test('200 programs on LMDB', async () => {
  const path = mkdtempSync(join('build', 'pipeline-'))
  const adapter = lmdbAdapter({ path })
  try {
    // Several at once share transactions of LMDB.
    await Promise.all([1, 2, 3, 4].map(seed => checkPrograms(adapter, 50, seed)))
  } finally {
    await adapter.close()
    rmSync(path, { recursive: true })
  }
})

test.run()
