// Runs an example on the built package: `node examples/run.mjs examples/tour/main.ts [arguments]`.
// Builds the package first where that has not happened since its sources changed.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from '../spec/support/bundle.mjs'

const [file, ...args] = process.argv.slice(2)

if (!existsSync('dist/index.d.ts') || newest('lib') > newest('dist')) {
  console.log('building ...')
  const { status } = spawnSync(process.execPath, ['spec/support/build.mjs'], { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

const outfile = `build/${file.replace(/\.ts$/, '.js')}`
await bundle({ entryPoints: [file], outfile, built: true })
process.exitCode = spawnSync(process.execPath, [outfile, ...args], { stdio: 'inherit' }).status ?? 1

function newest(folder) {
  const files = readdirSync(folder, { recursive: true }).map(name => join(folder, name))
  return Math.max(...files.map(name => statSync(name).mtimeMs))
}
