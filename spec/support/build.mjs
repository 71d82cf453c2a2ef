// Builds the package by the type checker: one module and one declaration per file of lib, so that a
// bundler takes only what is used.
import { rmSync } from 'node:fs'
import { run } from './run.mjs'

rmSync('dist', { recursive: true, force: true })

const { code, output } = await run(['node_modules/typescript/bin/tsc', '-p', 'lib'], 120)
if (code !== 0) {
  console.error(output)
  process.exit(1)
}
