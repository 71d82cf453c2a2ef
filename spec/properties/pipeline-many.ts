// `npm run pipeline -- [programs] [first seed] [memory | lmdb]`: random programs of commands on the commit pipeline,
// under faults, against a sequential model.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import { checkPrograms } from './pipeline-model.ts'

const [programs = 5_000, first = 1_000] = process.argv.slice(2, 4).map(Number)
const kind = process.argv[4] ?? 'memory'
const at = Date.now()
/** The programs of one seed, and how many seeds run at once: on LMDB programs mostly wait for one another. */
const [PORTION, WIDTH] = kind === 'lmdb' ? [20, 50] : [250, 1]

const path = kind === 'lmdb' ? mkdtempSync(join('build', 'pipeline-')) : null
const lmdb = path === null ? null : lmdbAdapter({ path })
let next = 0
const worker = async (): Promise<void> => {
  while (next * PORTION < programs) {
    const seed = first + next++
    await checkPrograms(lmdb ?? memoryAdapter(), PORTION, seed)
  }
}
await Promise.all(Array.from({ length: WIDTH }, worker))
await lmdb?.close()
if (path !== null) rmSync(path, { recursive: true })
console.log(
  `${next * PORTION} programs on ${kind} from seed ${first}, ${PORTION} each: no violation (${Date.now() - at} ms)`,
)
