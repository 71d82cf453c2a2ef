// `npm run faults:failover -- [seconds] [seed]`: the storm of fail-over.ts in full; figures for RESULTS.md.
import { runStorm } from './fail-over.ts'

const [seconds = 120, seed = 1] = process.argv.slice(2, 4).map(Number)
const report = await runStorm({ seconds, everyMS: 4_000, writers: 32, seed })
console.log(`three members, 32 writers, ${seconds} s, seed ${seed}: ${JSON.stringify(report)}`)
process.exitCode = report.lost + report.twice + report.broken === 0 ? 0 : 1
