// One contender on one workload, in a process of its own: prints nanoseconds per operation (p50).
import { Bench } from 'tinybench'
import { bytesPerEdit, edits, patches, uncompiled, wide } from './suites/edits.ts'
import { origins, originsPatches } from './suites/origins.ts'
import { scenarios } from './suites/scenarios.ts'
import type { Suite } from './suites/suite.ts'
import { seed } from './suites/seed.ts'
import { memory } from './suites/memory.ts'

const [suite, workload, contender] = process.argv.slice(2) as [string, string, string]
const suites = {
  seed,
  edits,
  uncompiled,
  patches,
  wide,
  origins,
  'origins-patches': originsPatches,
  scenarios,
}
if (suite === 'list') {
  const list = Object.entries<Suite>(suites).map(
    ([name, { title, baseline, subject, flags, workloads }]) => {
      const rows = Object.entries(workloads).map(([row, all]) => [row, Object.keys(all)])
      return { name, title, baseline, subject, flags, rows }
    },
  )
  console.log(JSON.stringify(list))
} else if (suite === 'bytes')
  console.log(JSON.stringify({ bytes: bytesPerEdit(workload, contender) }))
else if (suite === 'memory') console.log(JSON.stringify(memory()))
else {
  const known: Readonly<Record<string, Suite>> = suites
  const contest = known[suite]?.workloads[workload]?.[contender]?.()
  if (contest === undefined) throw new Error(`No ${contender} in ${workload} of ${suite}`)
  try {
    contest.validate()
  } catch (error) {
    console.log(JSON.stringify({ ns: null, wrong: (error as Error).message }))
    process.exit()
  }
  const bench = new Bench({
    time: Number(process.env.PERF_TIME ?? 150),
    iterations: 8,
    warmupTime: 150,
    warmupIterations: 3,
    throws: true,
  })
  const { prepare } = contest
  bench.add(contender, () => contest.sample(), prepare && { beforeEach: () => prepare() })
  await bench.run()
  const latency = bench.tasks[0]?.result.latency
  if (latency === undefined) throw new Error('Nothing was measured')
  console.log(JSON.stringify({ ns: (latency.p50 * 1e6) / contest.operations }))
}
