// `npm test [-- filter]`: builds the package, checks types, format, lint and package, then runs each spec file on the
// source and on the built package, and those of the engine once more as under a strict content security policy.
// With a filter (a part of a path, such as `store/history`) it builds, and runs the spec files that match.
import { readdirSync, rmSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from './bundle.mjs'
import { startMongo } from './mongod.mjs'
import { run } from './run.mjs'
import { runSpecFile } from './spec-files.mjs'

/** Seconds one spec file may take. */
const LIMIT = 120
const AT_ONCE = 2
const NO_CODE_GENERATION = '--disallow-code-generation-from-strings'

const filter = process.argv[2] ?? ''
let passed = 0
let failed = 0

const files = readdirSync('spec', { recursive: true })
  .map(name => join('spec', name))
  .filter(name => name.endsWith('.spec.ts') && name.includes(filter))
  .sort()
if (filter !== '') {
  console.log(
    `spec files that match "${filter}":${files.map(file => `\n  ${file}`).join('') || ' none'}`,
  )
}

await check('build', ['spec/support/build.mjs'])
if (filter === '') {
  await check('types', ['node_modules/typescript/bin/tsc', '-p', '.'])
  const prettier = 'node_modules/prettier/bin/prettier.cjs'
  await check('format', [prettier, '--check', '--log-level=warn', '.'])
  await check('lint', ['node_modules/oxlint/bin/oxlint', '--type-aware'])
  await check('package', ['node_modules/publint/src/cli.js', '--strict'])
  const attw = 'node_modules/@arethetypeswrong/cli/dist/index.js'
  await check('types as users resolve them', [attw, '--pack', '.', '--profile', 'esm-only'])
}

rmSync('build', { recursive: true, force: true })
// One server for all specs that want one; they say what is missing where there is none.
const mongo = files.some(file => file.includes('mongodb')) ? await startServer() : null
const env = { ...process.env, ...(mongo && { COWSLIP_MONGODB_URL: mongo.url }) }
try {
  // Pages are bundled from the built package in any case.
  await suites(
    'source',
    files.filter(file => !/^spec.browser\b/.test(file)),
  )
  await suites('built', files)
  await suites('uncompiled', files.filter(isOfEngine), [NO_CODE_GENERATION])
} finally {
  await mongo?.stop()
}

if (passed === 0 || files.length === 0) failed++
if (filter !== '')
  console.log(`${Math.round(process.uptime())} s; without a filter npm test runs everything`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

async function startServer() {
  try {
    return await startMongo()
  } catch (error) {
    console.log(`FAIL  a MongoDB server: ${error.message} (${error.cause?.message})`)
    failed++
    return null
  }
}

async function check(name, args) {
  const { code, output } = await run(args, 180)
  if (code === 0) passed++
  else failed++
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name}`)
  if (code !== 0) console.log(output)
}

async function suites(kind, sources, flags = []) {
  if (sources.length === 0) return
  const { metafile } = await bundle({
    entryPoints: sources,
    outdir: `build/${kind}`,
    outbase: 'spec',
    metafile: true,
    built: kind === 'built',
  })
  // Specs of internals run on source only: beside the built package they would see two of each class.
  const queue = Object.entries(metafile.outputs)
    .filter(([, { inputs }]) => kind !== 'built' || !Object.keys(inputs).some(isSource))
    .map(([file]) => file)
  await Promise.all(Array.from({ length: AT_ONCE }, () => worker()))

  async function worker() {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const result = await runSpecFile(file, LIMIT, env, flags)
      passed += result.passed
      failed += result.failed
      const name = file.slice('build/'.length, -'.spec.js'.length)
      const counts = `${result.passed}/${result.passed + result.failed}`
      console.log(
        `${result.fine ? 'ok  ' : 'FAIL'}  ${name} ${counts} in ${result.seconds.toFixed(1)} s`,
      )
      if (!result.fine) console.log(result.output)
    }
  }
}

/** Whether a spec also runs without code generation, which LMDB needs. */
function isOfEngine(file) {
  const room = /^spec.(document|changes|draft|produce|properties|store|collection|complexity)\b/
  if (!room.test(file) || /transaction|interleavings/.test(file)) return false
  return !/'cowslip\/lmdb'|fresh-lmdb/.test(readFileSync(file, 'utf8'))
}

function isSource(file) {
  return file.startsWith('lib/')
}
