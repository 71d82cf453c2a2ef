// `npm run perf [-- suite]`: every contender in a process of its own, interleaved, seven rounds unless
// PERF_ROUNDS says otherwise; prints the tables and writes them to perf/results, with the version in the
// name where it is not Node 20.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import { resolve } from 'node:path'
import { bundle } from '../spec/support/bundle.mjs'
import { startMongo } from '../spec/support/mongod.mjs'
import { run } from '../spec/support/run.mjs'

const ROUNDS = Number(process.env.PERF_ROUNDS ?? 7)
const only = process.argv[2]
const [major] = process.versions.node.split('.')
const suffix = major === '20' ? '' : `-node${major}`

const { dependencies } = JSON.parse(readFileSync('perf/package.json', 'utf8'))
if (!Object.keys(dependencies).every(name => existsSync(`perf/node_modules/${name}`))) {
  const args = ['install', '--prefix', 'perf', '--no-audit', '--no-fund', '--no-package-lock']
  execFileSync('npm', args, { stdio: 'inherit' })
}
execFileSync(process.execPath, ['spec/support/build.mjs'], { stdio: 'inherit' })
await bundle({
  entryPoints: [
    'perf/worker.ts',
    'perf/mongodb-worker.ts',
    'perf/listing-worker.ts',
    'perf/get-worker.ts',
    'perf/commits-worker.ts',
    'perf/mongodb-commits-worker.ts',
    'perf/indexes-worker.ts',
    'perf/service-worker.ts',
    'perf/service-server.ts',
    'perf/trail-worker.ts',
  ],
  outdir: 'perf/build',
  built: true,
  logLevel: 'error',
  // perf/ is a package of its own, which does not find the one around it.
  alias: {
    cowslip: resolve('dist/index.js'),
    'cowslip/produce/full': resolve('dist/produce-full.js'),
    'cowslip/mongodb': resolve('dist/mongodb.js'),
    'cowslip/lmdb': resolve('dist/lmdb.js'),
  },
})

const env = { ...process.env, NODE_ENV: 'production' }

function worker(...args) {
  return measure('worker', args, env)
}

/** Not synchronously: a server that nobody listens to stands still when its output fills up. */
async function measure(name, args, env, flags = []) {
  const { code, output } = await run(
    ['--expose-gc', ...flags, `perf/build/${name}.js`, ...args],
    60,
    { env },
  )
  if (code !== 0) throw new Error(`${args.join(' ')}: ${output}`)
  const result = JSON.parse(output.trim().split('\n').at(-1))
  return result.wrong === undefined ? result : { ns: NaN }
}

const suites = await worker('list')
const names = [
  ...suites.map(({ name }) => name),
  'mongodb',
  'mongodb-commits',
  'listing',
  'commits',
  'indexes',
  'service',
  'trail',
]
if (only !== undefined && !names.includes(only)) {
  console.error(`usage: npm run perf [-- ${names.join(' | ')}]`)
  process.exit(2)
}

mkdirSync('perf/results', { recursive: true })
for (const suite of suites.filter(({ name }) => only === undefined || name === only)) {
  const parts = [header(suite)]
  const leads = []
  for (const row of suite.rows) {
    const { text, lead } = await table(suite, ...row)
    parts.push(text)
    leads.push(lead)
  }
  if (suite.subject !== undefined) parts.push(means(suite, leads))
  const text = [...parts, await footer(suite)].join('\n')
  console.log(text)
  writeFileSync(`perf/results/${suite.name}${suffix}.txt`, text)
}

for (const [name, tables] of [
  ['mongodb', mongoTables],
  ['mongodb-commits', mongoCommitsTables],
  ['listing', listingTable],
  ['indexes', indexesTables],
  ['service', serviceTable],
  ['trail', trailTable],
]) {
  if (only !== undefined && only !== name) continue
  const server = await startMongo()
  try {
    const text = await tables(server.url)
    console.log(text)
    writeFileSync(`perf/results/${name}.txt`, text)
  } finally {
    await server.stop()
  }
}

if (only === undefined || only === 'commits') {
  const text = await commitsTable()
  console.log(text)
  writeFileSync('perf/results/commits.txt', text)
}

async function commitsTable() {
  const measureOne = workload => contender => {
    return measure('commits-worker', [contender, workload], env)
  }
  const us = (rounds, contender) =>
    `${digits(median(rounds.map(round => round[contender].ns)) / 1_000)} us`.padStart(10)
  const lines = []
  for (const [workload, name] of [
    ['one', 'one document, one edit at a time'],
    ['many', '64 edits of 64 documents at once'],
  ]) {
    const rounds = await roundsOf(['raw lmdb', 'Cowslip'], measureOne(workload))
    const ratio = median(rounds.map(round => round['raw lmdb'].ns / round.Cowslip.ns))
    const times = `raw lmdb ${us(rounds, 'raw lmdb')}  Cowslip ${us(rounds, 'Cowslip')}`
    lines.push(`  ${name.padEnd(36)} ${times}  ${digits(ratio)}x`)
  }
  const bursts = await roundsOf(['row', 'burst'], workload => measureOne(workload)('Cowslip'))
  const times = digits(median(bursts.map(round => round.row.ns / round.burst.ns)))
  const name = '200 edits of one document'
  lines.push(
    `  ${name.padEnd(36)} in a row ${us(bursts, 'row')}  at once ${us(bursts, 'burst')}  ${times}x`,
  )
  const title = 'Durable edits of documents of 1 KB on LMDB: time for each'
  const more =
    'raw lmdb: writes the same text under the version that it has seen, with one entry of a journal\n'
  return [header({ title, baseline: 'the first', packages: ['lmdb'] }), more, ...lines, ''].join(
    '\n',
  )
}

async function listingTable(url) {
  const mongoEnv = { ...env, PERF_MONGODB_URL: url }
  const contenders = ['driver', 'Cowslip, live', 'Cowslip, states', 'Cowslip, held']
  const [baseline] = contenders
  const rounds = await roundsOf(contenders, c => measure('listing-worker', [c], mongoEnv))
  const lines = contenders.map(contender => {
    const ratio = key => median(rounds.map(round => round[contender][key] / round[baseline][key]))
    const ms = digits(median(rounds.map(round => round[contender].ns)) / 1e6)
    const bytes = Math.round(median(rounds.map(round => round[contender].heap)))
    const heap =
      contender === 'Cowslip, held' ? '' : `  heap ${bytes} bytes ${digits(ratio('heap'))}x`
    return `  ${contender.padEnd(20)} ${`${ms} ms`.padStart(10)} ${`${digits(ratio('ns'))}x`.padStart(8)}${heap}`
  })
  const title = 'List 5,000 documents of some 900 bytes: time, and heap for each that is kept'
  const more =
    'held: their live documents are there already, and what is read is compared with them\n'
  const gets = await roundsOf(['driver', 'Cowslip'], c => measure('get-worker', [c], mongoEnv))
  const us = c => `${digits(median(gets.map(round => round[c].ns)) / 1_000)} us`
  const times = digits(median(gets.map(round => round.Cowslip.ns / round.driver.ns)))
  const get = `\nget of a held document of 8.5 KB: driver ${us('driver')}, Cowslip ${us('Cowslip')}, ${times}x`
  const head = header({ title, baseline, packages: ['mongodb'] })
  return [head.replace('more is faster', 'less is better'), more, ...lines, get, ''].join('\n')
}

async function mongoTables(url) {
  const mongoEnv = { ...env, PERF_MONGODB_URL: url }
  const contenders = ['driver guarded $set', 'driver $set', 'Cowslip', 'Mongoose', 'MikroORM']
  const title = 'Load a document, change two fields, save, one after another, w:majority'
  const [baseline] = contenders
  const sizes = [
    ['some 8.5 KB', '1'],
    ['some 96 KB', '11'],
  ]
  const tables = []
  for (const [size, parts] of sizes) {
    const rounds = await roundsOf(contenders, c => measure('mongodb-worker', [c, parts], mongoEnv))
    const lines = contenders.map(contender => {
      const of = key => median(rounds.map(round => round[contender][key]))
      const ratio = median(rounds.map(round => round[baseline].ns / round[contender].ns))
      const us = `${digits(of('ns') / 1_000)} us`.padStart(10)
      const bytes = `${of('bytes')} bytes`.padStart(12)
      return `  ${contender.padEnd(20)} ${us} ${`${digits(ratio)}x`.padStart(8)} ${bytes}  heap ${(of('heap') / 1_024).toFixed(1)} KB`
    })
    tables.push(`${size}\n${lines.join('\n')}\n`)
  }
  const packages = ['mongodb', 'mongoose', '@mikro-orm/mongodb', 'tinybench']
  const more = 'bytes: of the writing command, without its session; heap: of a loaded document\n'
  return [header({ title, baseline, packages }), more, ...tables].join('\n')
}

async function mongoCommitsTables(url) {
  const mongoEnv = { ...env, PERF_MONGODB_URL: url }
  const modes = ['Cowslip', 'Cowslip, fields', 'Cowslip, none']
  const peers = ['Mongoose save', 'Mongoose bulkSave', 'MikroORM']
  const rows = [
    ['one', 'one document at a time', ['driver, guarded', ...modes, 'Mongoose save']],
    [
      'many',
      '64 documents at once',
      ['driver, guarded', 'driver, 64 updateOne', ...modes, ...peers],
    ],
    [
      'hot',
      'one document, 64 clients',
      ['driver, guarded', 'driver $inc', ...modes, 'Mongoose save'],
    ],
    ['ten', 'ten documents in a transaction', ['driver, guarded', 'Cowslip']],
  ]
  const tables = []
  const us = ns => `${digits(ns / 1_000)} us`.padStart(10)
  for (const [size, parts] of [
    ['some 8.5 KB', '1'],
    ['some 96 KB', '11'],
  ]) {
    for (const [workload, name, contenders] of rows) {
      if (parts !== '1' && workload === 'hot') continue
      const rounds = await roundsOf(contenders, contender =>
        measure('mongodb-commits-worker', [contender, workload, parts], mongoEnv),
      )
      const [baseline] = contenders
      const lines = contenders.map(contender => {
        const ratio = median(rounds.map(round => round[baseline].ns / round[contender].ns))
        const ns = median(rounds.map(round => round[contender].ns))
        return `  ${contender.padEnd(22)} ${us(ns)} ${`${digits(ratio)}x`.padStart(8)}`
      })
      tables.push(`${name}, ${size}\n${lines.join('\n')}\n`)
    }
  }
  const inRow = ['one', 'burst']
  const bursts = await roundsOf(inRow, workload =>
    measure('mongodb-commits-worker', ['Cowslip', workload, '1'], mongoEnv),
  )
  const ns = workload => median(bursts.map(round => round[workload].ns))
  const times = digits(median(bursts.map(round => round.one.ns / round.burst.ns)))
  const burst = `200 edits of one document: in a row ${us(ns('one'))}, at once ${us(ns('burst'))}, ${times}x\n`
  const title = 'Save two changed fields of documents that are held, w:majority: time for each save'
  const packages = ['mongodb', 'mongoose', '@mikro-orm/mongodb']
  const more =
    'driver, guarded: the same filter and books; 64 at once in one bulk write with a guard for each statement;\n' +
    'the hot document with findOne, a guarded update, and again where another client was faster\n'
  return [header({ title, baseline: 'the first', packages }), more, ...tables, burst].join('\n')
}

async function indexesTables(url) {
  const mongoEnv = { ...env, PERF_MONGODB_URL: url }
  const tables = []
  for (const [workload, size, name, contenders] of [
    [
      'find',
      '',
      'LMDB: one by a unique field',
      ['raw get and decode', 'Cowslip, states', 'Cowslip, live'],
    ],
    ['page', '', 'LMDB: a page of 20 by index and order', ['Cowslip']],
    ['insert', '', 'LMDB: 1,000 inserted at once', ['without indexes', 'three indexes']],
    ['many', '1', 'MongoDB: insertMany of 1,000, some 900 bytes each', ['driver', 'Cowslip']],
    ['many', '2', 'MongoDB: insertMany of 1,000, some 8.5 KB each', ['driver', 'Cowslip']],
    ['heap', '2', 'MongoDB: heap of a loaded document of some 8.5 KB', ['driver', 'Cowslip']],
  ]) {
    const rounds = await roundsOf(contenders, contender =>
      measure('indexes-worker', [contender, workload, size], mongoEnv),
    )
    const [baseline] = contenders
    const lines = contenders.map(contender => {
      const ratio = median(rounds.map(round => round[contender].ns / round[baseline].ns))
      const value = digits(median(rounds.map(round => round[contender].ns)) / 1_000)
      const us = `${value} ${workload === 'heap' ? 'bytes' : 'us'}`
      const { entries, grown } = rounds[0][contender]
      const counted = [
        entries === undefined ? '' : `  ${entries} entries read`,
        grown === undefined
          ? ''
          : `  heap after a loop over all: ${(grown / 1e6).toFixed(1)} MB more`,
      ].join('')
      return `  ${contender.padEnd(20)} ${us.padStart(12)} ${`${digits(ratio)}x`.padStart(8)}${counted}`
    })
    tables.push(`${name}\n${lines.join('\n')}\n`)
  }
  const title =
    'Collections that grow: 100,000 documents of some 900 bytes with three indexes on LMDB'
  const head = header({ title, baseline: 'the first', packages: ['lmdb', 'mongodb'] })
  return [head.replace('more is faster', 'less is better'), ...tables].join('\n')
}

async function serviceTable(url) {
  const mongoEnv = { ...env, PERF_MONGODB_URL: url }
  const contenders = ['Mongoose', 'Cowslip']
  const lines = []
  for (const articles of ['1000', '100']) {
    const rounds = await roundsOf(contenders, contender =>
      measure('service-worker', [contender, articles], mongoEnv),
    )
    const ratio = median(rounds.map(round => round.Mongoose.ns / round.Cowslip.ns))
    const us = c => `${digits(median(rounds.map(round => round[c].ns)) / 1_000)} us`
    lines.push(
      `  ${articles.padStart(4)} articles  Mongoose ${us('Mongoose')}  Cowslip ${us('Cowslip')}  ${digits(ratio)}x`,
    )
  }
  const title =
    'The order service of examples/service under 64 clients on MongoDB: time for each request'
  const more =
    'place, show, change twice, list, and cancel each fourth, with audit and events, which somebody takes; sums are checked\n'
  const head = header({ title, baseline: 'Mongoose', packages: ['mongodb', 'mongoose'] })
  return [head, more, ...lines, ''].join('\n')
}

async function trailTable(url) {
  const mongoEnv = { ...env, PERF_MONGODB_URL: url }
  const contenders = ['plain', 'audit', 'events', 'audit and events']
  const tables = []
  for (const storage of ['LMDB', 'MongoDB']) {
    for (const [workload, name] of [
      ['one', 'one document at a time'],
      ['many', '64 documents at once'],
    ]) {
      const rounds = await roundsOf(contenders, contender =>
        measure('trail-worker', [contender, storage, workload], mongoEnv),
      )
      const lines = contenders.map(contender => {
        const ratio = median(rounds.map(round => round.plain.ns / round[contender].ns))
        const us = `${digits(median(rounds.map(round => round[contender].ns)) / 1_000)} us`
        return `  ${contender.padEnd(20)} ${us.padStart(10)} ${`${digits(ratio)}x`.padStart(8)}`
      })
      tables.push(`${storage}, ${name}\n${lines.join('\n')}\n`)
    }
  }
  const title = 'Edits of documents of 1 KB with an audit and with events: time for each'
  return [header({ title, baseline: 'plain', packages: ['lmdb', 'mongodb'] }), ...tables].join('\n')
}

function header({
  title,
  baseline,
  packages = ['immer', 'mutative', 'structurajs', 'limu', 'rfdc', 'tinybench'],
}) {
  const versions = packages.map(name => `${name} ${versionOf(name)}`)
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

async function table({ name, baseline, subject, flags }, workload, contenders) {
  const rounds = await roundsOf(contenders, async contender => {
    return (await measure('worker', [name, workload, contender], env, flags)).ns
  })
  const lines = contenders.map(contender => {
    const times = rounds.map(round => round[contender])
    if (times.some(Number.isNaN)) return `  ${contender.padEnd(16)} gives another state`
    const ratio = median(rounds.map(round => round[baseline] / round[contender]))
    const spread = `[${digits(quantile(times, 0.25))} - ${digits(quantile(times, 0.75))}]`
    return `  ${contender.padEnd(16)} ${digits(median(times)).padStart(10)} ns  ${spread.padEnd(24)} ${digits(ratio)}x`
  })
  const lead = {}
  for (const contender of contenders) {
    lead[contender] = median(rounds.map(round => round[contender] / round[subject]))
  }
  return { text: `${workload}\n${lines.join('\n')}\n`, lead }
}

/** How many times as fast the subject is as each of the others, over all rows. */
function means({ subject }, leads) {
  const lines = Object.keys(leads[0])
    .filter(contender => contender !== subject)
    .map(contender => {
      const right = leads.filter(lead => !Number.isNaN(lead[contender]))
      const logs = right.map(lead => Math.log(lead[contender]))
      const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)
      return `  ${contender.padEnd(16)} ${digits(mean)}x`
    })
  return `${subject} is faster, in geometric mean over all rows, than\n${lines.join('\n')}\n`
}

/** Each contender once a round, in another order each time. */
async function roundsOf(contenders, measureOne) {
  const rounds = []
  for (let round = 0; round < ROUNDS; round++) {
    const seen = {}
    for (const i of contenders.keys()) {
      const contender = contenders[(i + round) % contenders.length]
      seen[contender] = await measureOne(contender)
    }
    rounds.push(seen)
  }
  return rounds
}

/** What one edit allocates, with room enough that nothing is collected meanwhile. */
async function allocations() {
  const lines = []
  for (const workload of ['W1 50 fields, set 5', 'W4 50 fields, one leaf at depth 4']) {
    for (const engine of ['Cowslip', 'Immer', 'Mutative']) {
      const flags = ['--min-semi-space-size=128', '--max-semi-space-size=128']
      const { bytes } = await measure('worker', ['bytes', workload, engine], env, flags)
      lines.push(`  ${workload.padEnd(36)} ${engine.padEnd(12)} ${digits(bytes).padStart(8)} bytes`)
    }
  }
  return `Allocated by one edit\n${lines.join('\n')}\n`
}

async function footer({ name }) {
  if (name === 'wide') return allocations()
  if (name !== 'seed') return ''
  const bytes = await worker('memory')
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
