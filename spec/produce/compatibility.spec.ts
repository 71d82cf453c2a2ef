// Immer's documentation, statement by statement: each runs on Immer and on ours, and both must give
// the same, or both refuse.
import * as assert from 'uvu/assert'
import * as immer from 'immer'
import * as ours from 'cowslip/produce'
import { suite } from '../support/suite.ts'
import type { Statement } from './fixtures.ts'
import { OF_INSERTED } from './statements-inserted.ts'
import { OF_NESTED } from './statements-nested.ts'
import { OF_ODD } from './statements-odd.ts'
import { OF_PRODUCE } from './statements.ts'
import { OF_THE_REST } from './statements-more.ts'

/** Tried before patches are enabled. */
const early = [ours, immer].map(api => {
  return outcome(
    ({ produce }) =>
      produce(
        { n: 1 },
        (draft: { n: number }) => void draft.n++,
        () => {},
      ),
    api,
  )
})

immer.enablePatches()
ours.enablePatches()
ours.enableMapSet()
ours.enableArrayMethods()
immer.enableMapSet()

const test = suite('as Immer')

function outcome(run: Statement, api: any): { gave: unknown } | 'refused' {
  try {
    return { gave: run(api) }
  } catch {
    return 'refused'
  }
}

for (const [name, run] of [
  ...OF_PRODUCE,
  ...OF_THE_REST,
  ...OF_INSERTED,
  ...OF_NESTED,
  ...OF_ODD,
]) {
  test(name, () => assert.equal(outcome(run, ours), outcome(run, immer)))
}

test('a patch listener needs `enablePatches`', () => {
  assert.equal(early, ['refused', 'refused'])
})

test('the symbols are the same', () => {
  assert.is(ours.nothing, immer.nothing)
  assert.is(ours.immerable, immer.immerable)
})

test.run()
