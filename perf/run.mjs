// `npm run perf [-- suite]`: every contender in a process of its own, interleaved, nine rounds; prints the
// tables and writes them to perf/results.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import { resolve } from 'node:path'
import { build } from 'esbuild'

const ROUNDS = 9
const only = process.argv[2]

if (!existsSync('perf/node_modules')) {
  const args = ['install', '--prefix', 'perf', '--no-audit', '--no-fund', '--no-package-lock']
  execFileSync('npm', args, { stdio: 'inherit' })
}
execFileSync(process.execPath, ['spec/support/build.mjs'], { stdio: 'inherit' })
await build({
  entryPoints: ['perf/worker.ts'],
  outfile: 'perf/build/worker.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'es2022',
  packages: 'external',
  tsconfigRaw: {},
  logLevel: 'error',
  // perf/ is a package of its own, which does not find the one around it.
  alias: { cowslip: resolve('dist/index.js') },
})

const env = { ...process.env, NODE_ENV: 'production' }

function worker(...args) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', 'perf/build/worker.js', ...args],
    { encoding: 'utf8', env, timeout: 60_000 },
  )
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
  return JSON.parse(stdout)
}

const suites = worker('list')
if (only !== undefined && !suites.some(({ name }) => name === only)) {
  console.error(`usage: npm run perf [-- ${suites.map(({ name }) => name).join(' | ')}]`)
  process.exit(2)
}

mkdirSync('perf/results', { recursive: true })
for (const suite of suites.filter(({ name }) => only === undefined || name === only)) {
  const text = [header(suite), ...suite.rows.map(row => table(suite, ...row)), footer(suite)].join(
    '\n',
  )
  console.log(text)
  writeFileSync(`perf/results/${suite.name}.txt`, text)
}

function header({ title, baseline }) {
  const versions = ['immer', 'mutative', 'rfdc', 'tinybench'].map(
    name => `${name} ${versionOf(name)}`,
  )
  const [cpu] = os.cpus()
  return [
    title,
    `${os.type()} ${os.arch()}, ${os.cpus().length} x ${cpu?.model}, Node ${process.version}, commit ${commit()}`,
    versions.join(', '),
    `p50 of ${ROUNDS} rounds, one process each, interleaved; [quartiles]; the ratio to ${baseline} is the median`,
    'of those of each round: more is faster',
    '',
  ].join('\n')
}

function table({ name, baseline }, workload, contenders) {
  const rounds = Array.from({ length: ROUNDS }, (_, round) => {
    const turned = contenders.map((_, i) => contenders[(i + round) % contenders.length])
    return Object.fromEntries(turned.map(c => [c, worker(name, workload, c).ns]))
  })
  const lines = contenders.map(contender => {
    const times = rounds.map(round => round[contender])
    const ratio = median(rounds.map(round => round[baseline] / round[contender]))
    const spread = `[${digits(quantile(times, 0.25))} - ${digits(quantile(times, 0.75))}]`
    return `  ${contender.padEnd(16)} ${digits(median(times)).padStart(10)} ns  ${spread.padEnd(24)} ${digits(ratio)}x`
  })
  return `${workload}\n${lines.join('\n')}\n`
}

function footer({ name }) {
  if (name !== 'seed') return ''
  const bytes = worker('memory')
  const less = 100 * (1 - bytes.Cowslip / bytes.structuredClone)
  const lines = Object.entries(bytes).map(
    ([c, b]) => `  ${c.padEnd(16)} ${digits(b).padStart(10)} bytes`,
  )
  return `2 changes in 100 fields, bytes of the heap\n${lines.join('\n')}\n  ${less.toFixed(1)}% less\n`
}

function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.round((sorted.length - 1) * q)]
}

function median(values) {
  return quantile(values, 0.5)
}

function digits(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

function versionOf(name) {
  for (const folder of ['perf/', './']) {
    const file = `${folder}node_modules/${name}/package.json`
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).version
  }
  return createRequire(import.meta.url)(`${name}/package.json`).version
}

function commit() {
  const git = (...args) => spawnSync('git', args, { encoding: 'utf8' }).stdout.trim()
  const changed = git('status', '--porcelain', 'lib', 'perf/suites') === '' ? '' : ' and changes'
  return `${git('rev-parse', '--short', 'HEAD')}${changed}`
}
