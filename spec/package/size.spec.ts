// What a bundler ships for each import, minified and gzipped: within its ceiling, and as the README
// says. A ceiling is there to be lowered.
import * as assert from 'uvu/assert'
import { readFileSync } from 'node:fs'
// @ts-expect-error plain JavaScript, run as it is
import { RECIPES, sizeOf } from '../support/sizes.mjs'
import { suite } from '../support/suite.ts'

const test = suite('sizes')
const readme = readFileSync('README.md', 'utf8')

for (const [names, from, ceiling] of RECIPES as [names: string, from: string, bytes: number][]) {
  test(`${names} from ${from}`, async () => {
    const { bytes, rooms } = await sizeOf(names, from)
    const table = JSON.stringify(rooms)
    assert.ok(bytes <= ceiling, `${bytes} bytes of at most ${ceiling}: ${table}`)
    assert.ok(bytes > ceiling * 0.95, `lower the ceiling: ${bytes} bytes of ${ceiling}`)
    const row = new RegExp(`\\{ ${names} \\} from '${from}'\`\\s*\\|\\s*([\\d.]+) kB`).exec(readme)
    assert.is(row?.[1], (ceiling / 1_000).toFixed(1), 'the README states the ceiling')
  })
}

test('IndexedDB beyond memory', async () => {
  const collection = ['createCollection', 'cowslip']
  const memory = await sizeOf(...collection, 'memoryAdapter', 'cowslip/memory')
  const indexedDB = await sizeOf(...collection, 'indexedDBAdapter', 'cowslip/indexeddb')
  const beyond = indexedDB.bytes - memory.bytes
  assert.ok(beyond < 5_000, `${beyond} bytes`)
})

test.run()
