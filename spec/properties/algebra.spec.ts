import { suite } from '../support/suite.ts'
import { checkCompose } from './algebra-laws.ts'

const test = suite('random changes, calculated with')

test('5,000 times three changes compose, however grouped', () => {
  for (let seed = 1; seed <= 5_000; seed++) checkCompose(seed)
})

test.run()
