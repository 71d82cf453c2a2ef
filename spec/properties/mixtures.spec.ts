import { memoryAdapter } from 'cowslip/memory'
import { freshLMDB } from '../support/fresh-lmdb.ts'
import { suite } from '../support/suite.ts'
import { checkMixture } from './mixture-programs.ts'
import { checkUndone } from './undone-programs.ts'

const test = suite('options of collections, mixed at random')

test('what is stored, shown, kept, delivered and found agrees', async () => {
  for (let seed = 1; seed <= 400; seed++) await checkMixture(seed, memoryAdapter())
  for (let seed = 401; seed <= 440; seed++) await checkMixture(seed, freshLMDB())
})

test('transactions that move unique values are undone and redone, state by state', async () => {
  for (let seed = 1; seed <= 200; seed++) await checkUndone(seed, memoryAdapter())
  for (let seed = 201; seed <= 220; seed++) await checkUndone(seed, freshLMDB())
})

test.run()
