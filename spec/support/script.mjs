// Bundles a TypeScript script and runs it: `node spec/support/script.mjs file.ts [arguments]`.
import { spawnSync } from 'node:child_process'
import { bundle } from './bundle.mjs'

const [file, ...args] = process.argv.slice(2)
const outfile = `build/scripts/${file.replace(/\.ts$/, '.js')}`
await bundle({ entryPoints: [file], outfile })
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', '--expose-gc', outfile, ...args],
  { stdio: 'inherit' },
)
process.exitCode = status ?? 1
