import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { checkSpreads } from './spread-laws.ts'

const test = suite('spreads of two writers')

test('20,000 pairs of edits written with spreads merge where the same merge leaf by leaf', () => {
  let merged = 0
  for (let seed = 1; seed <= 20_000; seed++) if (checkSpreads(seed)) merged++
  assert.ok(merged > 10_000, `${merged} merged`)
})

test.run()
