// The chart in the README shows what perf/results says.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

const test = suite('the chart')
const read = (file: string): string => readFileSync(`perf/results/${file}`, 'utf8')

interface Chart {
  parse(text: string): { name: string; times: ReadonlyMap<string, number> }[]
  draw(text: string): string
}

test('is drawn from the results', async () => {
  const { parse, draw } = (await import(pathToFileURL('perf/chart.mjs').href)) as Chart
  const rows = parse(read('edits.txt'))
  assert.is(rows.length, 13)
  for (const { name, times } of rows) {
    for (const contender of ['Cowslip', 'Mutative', 'Immer', 'by hand']) {
      assert.ok((times.get(contender) ?? 0) > 0, `${contender} in ${name}`)
    }
  }
  assert.ok(draw(read('edits.txt')) === read('edits.svg'), 'run `npm run perf:chart`')
  assert.match(readFileSync('README.md', 'utf8'), 'perf/results/edits.svg')
})

test('the means in the README are those of the results', () => {
  const readme = readFileSync('README.md', 'utf8')
  for (const file of ['edits.txt', 'patches.txt']) {
    const means = read(file).split('in geometric mean')[1] ?? ''
    const of = (name: string): string => {
      const line = means.split('\n').find(text => text.trimEnd().split(/ {2,}/)[1] === name) ?? ''
      return line.trim().split(/ {2,}/)[1] ?? `nothing of ${name} in ${file}`
    }
    const row = new RegExp(['Immer', 'Immer+', 'Mutative'].map(of).join('[ |]+'))
    assert.match(readme, row)
  }
})

test.run()
