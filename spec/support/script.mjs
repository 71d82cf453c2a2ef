// Bundles a TypeScript script and runs it: `node spec/support/script.mjs file.ts [arguments]`.
import { spawnSync } from 'node:child_process'
import { build } from 'esbuild'

const [file, ...args] = process.argv.slice(2)
const outfile = `build/scripts/${file.replace(/\.ts$/, '.js')}`
await build({
  entryPoints: [file],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'es2022',
  packages: 'external',
  sourcemap: 'inline',
})
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', '--expose-gc', outfile, ...args],
  { stdio: 'inherit' },
)
process.exitCode = status ?? 1
