// Builds the package: one ESM file per entry, shared chunks, declarations by the type checker.
import { readdirSync, rmSync } from 'node:fs'
import { build } from 'esbuild'
import { run } from './run.mjs'

rmSync('dist', { recursive: true, force: true })

const entries = readdirSync('lib').filter(name => /\.tsx?$/.test(name))
await build({
  entryPoints: entries.map(name => `lib/${name}`),
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  packages: 'external',
  chunkNames: 'chunks/[name]-[hash]',
  logLevel: 'warning',
})

const { code, output } = await run(['node_modules/typescript/bin/tsc', '-p', 'lib'], 120)
if (code !== 0) {
  console.error(output)
  process.exit(1)
}
