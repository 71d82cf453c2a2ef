// Random programs on `cowslip/produce` and on Immer, without `enableArrayMethods`.
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { checkDifferential } from './produce-differential.ts'

const test = suite('produce with native methods of arrays')

test('random programs give what they give on Immer', () => {
  let compared = 0
  for (let seed = 50_000; seed < 52_000; seed++) {
    try {
      if (checkDifferential(seed)) compared++
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error })
    }
  }
  assert.ok(compared > 1_500, `${compared} compared`)
})

test.run()
