import { suite } from '../support/suite.ts'
import { checkCompose, checkDiff } from './algebra-laws.ts'
import { checkDisjoint, checkLists, checkRebase } from './rebase-laws.ts'

const test = suite('random changes, calculated with')

test('5,000 times three changes compose, however grouped', () => {
  for (let seed = 1; seed <= 5_000; seed++) checkCompose(seed)
})

test('5,000 pairs of states differ by what leads from one to the other', () => {
  for (let seed = 1; seed <= 5_000; seed++) checkDiff(seed)
})

test('10,000 pairs of changes rebase to what fits', () => {
  for (let seed = 1; seed <= 10_000; seed++) checkRebase(seed)
})

test('5,000 pairs of disjoint changes commute', () => {
  for (let seed = 1; seed <= 5_000; seed++) checkDisjoint(seed)
})

test('20,000 pairs of edits of one list lose nothing and double nothing', () => {
  for (let seed = 1; seed <= 20_000; seed++) checkLists(seed)
})

test.run()
