// `npm run fuzz:algebra -- [times] [first seed]`: random changes composed, however grouped, inverted and
// rebased, and states compared, until one breaks a law.
import { checkCompose, checkDiff } from './algebra-laws.ts'
import { checkDisjoint, checkLists, checkRebase } from './rebase-laws.ts'

const [times = 100_000, first = 1_000_000] = process.argv.slice(2, 4).map(Number)
if (!Number.isSafeInteger(times) || times < 1 || !Number.isSafeInteger(first)) {
  console.error('usage: npm run fuzz:algebra -- [times, 100000 by default] [first seed]')
  process.exit(2)
}

for (let i = 0; i < times; i++) {
  checkCompose(first + i)
  checkDiff(first + i)
  checkRebase(first + i)
  checkDisjoint(first + i)
  checkLists(first + i)
  if ((i + 1) % 50_000 === 0) console.log(`${i + 1} times`)
}
console.log(`${times} times from seed ${first}: compose, diff, rebase and invert keep their laws`)
