// `npm run coverage`: runs every spec file on the source, one process each, and prints the share of lines of
// lib/ that ran; build/coverage/index.html shows which. V8 counts, c8 maps the counts back through the source maps.
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { bundle } from './bundle.mjs'
import { startMongo } from './mongod.mjs'
import { runSpecFile } from './spec-files.mjs'

/** Seconds one spec file may take: counting makes it slower. */
const LIMIT = 240
const OUT = resolve('build/coverage/modules')
const TEMPORARY = resolve('build/coverage/counts')

rmSync('build/coverage', { recursive: true, force: true })
const built = spawnSync(process.execPath, ['spec/support/build.mjs'], { stdio: 'inherit' })
if (built.status !== 0) process.exit(1)

/** Keeps every file of lib/ a module of its own, so that its source map has one source: c8 reads no others. */
const oneModulePerFile = {
  name: 'one module per file of lib',
  setup({ onResolve }) {
    onResolve({ filter: /^\.|^cowslip/ }, ({ path, resolveDir, kind }) => {
      if (kind === 'entry-point') return null
      const [name, entry = 'index'] = path.split('/')
      const source = name === 'cowslip' ? resolve('lib', `${entry}.ts`) : resolve(resolveDir, path)
      const inLib = relative(resolve('lib'), source)
      if (inLib.startsWith('..')) return null
      return { path: resolve(OUT, 'lib', inLib.replace(/\.ts$/, '.js')), external: true }
    })
  },
}
const find = (folder, end) =>
  readdirSync(folder, { recursive: true })
    .filter(name => name.endsWith(end))
    .map(name => join(folder, name))
const options = { outdir: OUT, outbase: '.', metafile: true, plugins: [oneModulePerFile] }
await bundle({ entryPoints: find('lib', '.ts'), ...options })
const { metafile } = await bundle({ entryPoints: find('spec', '.spec.ts'), ...options })

const mongo = await startMongo()
const env = { ...process.env, COWSLIP_MONGODB_URL: mongo.url, NODE_V8_COVERAGE: TEMPORARY }
let failed = 0
try {
  for (const file of Object.keys(metafile.outputs)) {
    const result = await runSpecFile(file, LIMIT, env)
    if (result.fine) continue
    failed++
    console.log(`FAIL  ${file}\n${result.output}`)
  }
} finally {
  await mongo.stop()
}

const c8 = ['node_modules/c8/bin/c8.js', 'report', '--temp-directory', TEMPORARY]
const choice = ['--include', 'lib/**', '--exclude-after-remap', '--reports-dir', 'build/coverage']
const reporters = ['--reporter', 'json-summary', '--reporter', 'html']
const report = spawnSync(process.execPath, [...c8, ...choice, ...reporters], { stdio: 'inherit' })
const { total, ...files } = JSON.parse(readFileSync('build/coverage/coverage-summary.json', 'utf8'))
// Lines alone: V8's counts of functions and branches do not survive the bundle's source map.
const rows = Object.entries(files).sort(([, a], [, b]) => a.lines.pct - b.lines.pct)
for (const [file, { lines }] of rows) {
  if (lines.pct < 100) console.log(`${String(lines.pct).padStart(6)} %  ${relative('.', file)}`)
}
console.log(
  `${total.lines.covered} of ${total.lines.total} lines of lib/ ran: ${total.lines.pct} %`,
)
process.exitCode = failed > 0 ? 1 : (report.status ?? 1)
