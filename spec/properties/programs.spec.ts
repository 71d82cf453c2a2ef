import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { checkDifferential } from './produce-differential.ts'
import { checkProduce } from './produce-laws.ts'
import { checkLateWrite, checkProgram } from './laws.ts'
import { checkOpenEdit } from './open-edit-laws.ts'

const test = suite('random programs')

/** Seeds that failed once. */
const REGRESSIONS: readonly number[] = [
  10_015_797, 20_748_737, 40_315_756, 63_060_973, 101_044_645, 102_055_515, 1_008_981, 1_045_958,
  1_095_165, 2_102_617,
]

test('seeds that failed once keep every law', () => {
  for (const seed of REGRESSIONS) {
    checkProgram(seed)
    checkOpenEdit(seed)
    checkProduce(seed)
  }
})

/** On `cowslip/produce` beside Immer. */
const PRODUCE_REGRESSIONS: readonly number[] = [
  3_498, 45_672, 86_194, 154_699, 120_016_216, 120_017_717, 120_084_539, 120_094_639,
]

test('seeds that failed once beside Immer agree with it', () => {
  for (const seed of PRODUCE_REGRESSIONS) checkDifferential(seed)
})

test('20,000 programs keep every law', () => {
  let changed = 0
  for (let seed = 1; seed <= 20_000; seed++) if (checkProgram(seed)) changed++
  assert.ok(changed > 10_000, `${changed} changed something`)
})

test('20,000 open edits with peeks, savepoints and rollbacks do too', () => {
  for (let seed = 1; seed <= 20_000; seed++) checkOpenEdit(seed)
})

test('10,000 programs are refused exactly where something was written late', () => {
  let refused = 0
  for (let seed = 1; seed <= 10_000; seed++) if (checkLateWrite(seed)) refused++
  assert.ok(refused > 1_000, `${refused} refused`)
})

test('5,000 programs do on `cowslip/produce` what they do on Immer', () => {
  let agreed = 0
  for (let seed = 1; seed <= 5_000; seed++) if (checkProduce(seed)) agreed++
  assert.ok(agreed > 4_500, `Immer agrees with the mutable copy in ${agreed} of them`)
})

test('10,000 programs see and make on `cowslip/produce` what they do on Immer, to the letter', () => {
  let excused = 0
  for (let seed = 1; seed <= 10_000; seed++) if (!checkDifferential(seed)) excused++
  assert.ok(excused < 10, `${excused} excused`)
})

test.run()
