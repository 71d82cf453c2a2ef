// `npm run faults -- [kill rounds] [count rounds]`: LMDB under kill -9, with transactions and a watcher, and under many
// writers; figures for RESULTS.md.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { countRound, killRound } from './lmdb-faults.ts'

const [rounds = 20, countRounds = 1] = process.argv.slice(2).map(Number)
if (!Number.isSafeInteger(rounds) || rounds < 0 || !Number.isSafeInteger(countRounds)) {
  console.error(
    'usage: npm run faults -- [kill rounds, 20 by default] [count rounds, 1 by default]',
  )
  process.exit(2)
}

const root = mkdtempSync(join('build', 'storm-'))
let failed = 0
const totals = { told: 0, lost: 0, halves: 0, unseen: 0 }
for (let round = 0; round < rounds; round++) {
  const result = await killRound(join(root, 'kill'), 50 + Math.random() * 800)
  totals.told += result.told
  totals.lost += result.lost.length
  totals.halves += result.halves
  totals.unseen += result.unseen.length
  for (const what of [...result.lost, ...result.unseen]) console.log(`round ${round}: ${what}`)
}
failed += totals.lost + totals.halves + totals.unseen
console.log(
  `${rounds} times kill -9: ${totals.told} acknowledged commits, ${totals.lost} lost, ${totals.halves} transactions ` +
    `half applied, ${totals.unseen} documents that the watcher saw otherwise`,
)

for (const mode of ['version', 'fields'] as const) {
  const counts = { processes: 3, writers: 8, increments: 500, mode }
  const began = performance.now()
  let exact = 0
  for (let round = 0; round < countRounds; round++) {
    if ((await countRound(join(root, `count-${mode}-${round}`), counts)) === 12_000) exact++
  }
  failed += countRounds - exact
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  console.log(
    `3 processes x 8 writers x 500 increments under ${mode}: the exact sum in ${exact} of ${countRounds} rounds, ` +
      `${seconds} s`,
  )
}
rmSync(root, { recursive: true, force: true })
process.exitCode = failed === 0 ? 0 : 1
