import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import { suite } from '../support/suite.ts'
import { checkInterleaving } from './interleavings.ts'
import { microtasks, turns } from './interleaving-storages.ts'

const test = suite('reads, writes and foreign writes at once')

/** Seeds that failed once. */
const REGRESSIONS: readonly number[] = []

test('seeds that failed once keep every law', async () => {
  for (const seed of REGRESSIONS) await checkInterleaving(seed, microtasks(memoryAdapter()))
})

test('3,000 interleavings on memory keep every law', async () => {
  for (let seed = 1; seed <= 3_000; seed++) {
    await checkInterleaving(seed, microtasks(memoryAdapter()))
  }
})

test('300 interleavings on LMDB keep every law', async () => {
  const path = mkdtempSync(join('build', 'interleavings-'))
  const adapter = lmdbAdapter({ path })
  const storage = turns(adapter)
  await Promise.all(Array.from({ length: 300 }, (_, i) => checkInterleaving(i + 1, storage)))
  await adapter.close()
  rmSync(path, { recursive: true })
})

test.run()
