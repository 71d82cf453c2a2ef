// What a bundler ships for each import, minified and gzipped: within its ceiling, and as the README
// says. A ceiling is there to be lowered.
import * as assert from 'uvu/assert'
import { build } from 'esbuild'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { suite } from '../support/suite.ts'

const test = suite('sizes')

/** By import: at most so many bytes. */
const CEILINGS: readonly [names: string, from: string, bytes: number][] = [
  ['StateTracker', 'cowslip', 2_640],
  ['createStore', 'cowslip', 40_900],
  ['createStore, createCollection, transaction', 'cowslip', 74_500],
  ['produce', 'cowslip/produce', 13_400],
  ['produce, produceWithPatches, applyPatches', 'cowslip/produce', 17_100],
]

async function sizeOf(names: string, from: string): Promise<number> {
  const file = from === 'cowslip' ? 'index' : from.slice('cowslip/'.length)
  const { outputFiles } = await build({
    stdin: { contents: `export { ${names} } from './dist/${file}.js'`, resolveDir: resolve('.') },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    external: ['node:*'],
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length
}

const readme = readFileSync('README.md', 'utf8')

for (const [names, from, ceiling] of CEILINGS) {
  test(`${names} from ${from}`, async () => {
    const size = await sizeOf(names, from)
    assert.ok(size <= ceiling, `${size} bytes of at most ${ceiling}`)
    assert.ok(size > ceiling * 0.9, `lower the ceiling: ${size} bytes of ${ceiling}`)
    const row = new RegExp(`\\{ ${names} \\} from '${from}'\`\\s*\\|\\s*([\\d.]+) kB`).exec(readme)
    assert.is(row?.[1], (ceiling / 1_000).toFixed(1), 'the README states the ceiling')
  })
}

test.run()
