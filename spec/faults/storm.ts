// `npm run faults -- [kill rounds]`: LMDB under kill -9 and under many writers; figures for RESULTS.md.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { countRound, killRound } from './lmdb-faults.ts'

const rounds = Number(process.argv[2] ?? 20)
if (!Number.isSafeInteger(rounds) || rounds < 1) {
  console.error('usage: npm run faults -- [kill rounds, 20 by default]')
  process.exit(2)
}

const root = mkdtempSync(join('build', 'storm-'))
let all = 0
let lost = 0
for (let round = 0; round < rounds; round++) {
  const result = await killRound(join(root, 'kill'), 50 + Math.random() * 800)
  all += result.told
  lost += result.lost.length
}
console.log(`${rounds} times kill -9: ${all} acknowledged commits, ${lost} lost`)

const counts = { processes: 3, writers: 4, increments: 250 }
const began = performance.now()
const sum = await countRound(join(root, 'count'), counts)
const seconds = ((performance.now() - began) / 1_000).toFixed(1)
console.log(`3 processes x 4 writers x 250 increments: ${sum} of 3000, in ${seconds} s`)
rmSync(root, { recursive: true, force: true })
process.exitCode = lost === 0 && sum === 3_000 ? 0 : 1
