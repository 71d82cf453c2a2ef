// `npm run faults:indexes -- [rounds]`: a process that writes documents with indexes, and makes and drops indexes, is
// killed with SIGKILL again and again; each index must equal a rebuilt one.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { killIndexRound } from './index-faults.ts'

const [rounds = 20] = process.argv.slice(2).map(Number)
if (!Number.isSafeInteger(rounds) || rounds < 1) {
  console.error('usage: npm run faults:indexes -- [rounds, 20 by default]')
  process.exit(2)
}
const root = mkdtempSync(join('build', 'kill-'))
const totals = { writes: 0, indexes: 0, entries: 0, faults: 0 }
for (let round = 0; round < rounds; round++) {
  const { writes, indexes, entries, faults } = await killIndexRound(
    join(root, 'store'),
    30 + Math.random() * 700,
  )
  totals.writes += writes
  totals.indexes += indexes
  totals.entries += entries
  totals.faults += faults.length
  for (const fault of faults.slice(0, 5)) console.log(`round ${round}: ${fault}`)
}
console.log(
  `${rounds} times kill -9: ${totals.writes} writes, ${totals.indexes} indexes with ${totals.entries} entries ` +
    `compared with rebuilt ones, ${totals.faults} entries are wrong`,
)
rmSync(root, { recursive: true, force: true })
process.exitCode = totals.faults === 0 ? 0 : 1
