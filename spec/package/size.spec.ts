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

/** What an import adds to a page that has another one, and a ceiling for it. */
const BEYOND = [
  [['indexedDBAdapter', 'cowslip/indexeddb'], ['memoryAdapter', 'cowslip/memory'], 2_000],
  [['connectDevtools', 'cowslip/devtools'], ['createStore, describe', 'cowslip'], 1_000],
  [['definePanel', 'cowslip/devtools'], ['createStore, describe', 'cowslip'], 4_700],
  [['useStore, useEdit, useUndo', 'cowslip/react'], ['createStore', 'cowslip'], 2_400],
  [['persist', 'cowslip/persist'], ['createStore', 'cowslip'], 2_000],
] as const

for (const [added, base, ceiling] of BEYOND) {
  test(`${added[0]} beyond ${base[0]}`, async () => {
    // A collection, or a store, is there in any case.
    const page = base[1] === 'cowslip' ? base : (['createCollection', 'cowslip'] as const)
    const before = await sizeOf(...page, ...(page === base ? [] : base))
    const after = await sizeOf(...page, ...added)
    const bytes = after.bytes - before.bytes
    assert.ok(bytes <= ceiling, `${bytes} bytes of at most ${ceiling}`)
    assert.ok(bytes > ceiling * 0.9, `lower the ceiling: ${bytes} bytes of ${ceiling}`)
  })
}

test.run()
