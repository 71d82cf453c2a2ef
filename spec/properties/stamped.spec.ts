import { suite } from '../support/suite.ts'
import { checkStamped } from './stamped-programs.ts'

const test = suite('two users, with and without fields of the collection')

test('what merges and undoes without them merges and undoes with them', async () => {
  for (let seed = 1; seed <= 400; seed++) await checkStamped(seed)
})

test.run()
