// What must hold for every program.
import * as assert from 'uvu/assert'
import { apply } from '../../lib/changes/apply.ts'
import { invert } from '../../lib/changes/invert.ts'
import type { Op } from '../../lib/changes/ops.ts'
import { equal } from '../../lib/document/equality.ts'
import { DraftScope } from '../../lib/draft/draft.ts'
import { rules, snapshot } from '../support/drafting.ts'
import { checkForm } from './form.ts'
import { Program, untouched } from './program.ts'
import { Random } from './random.ts'
import { copy, isContainer, look, randomDocument } from './values.ts'

/** Runs the program of this seed; throws where a law is broken. Whether anything changed. */
export function checkProgram(seed: number): boolean {
  const random = new Random(seed)
  const base = snapshot(randomDocument(random))
  const before = copy(base)
  const scope = new DraftScope(base, rules)
  const program = new Program(random, base, scope.root.proxy)
  try {
    for (let i = random.chance(0.8) ? random.below(10) : random.below(40); i >= 0; i--)
      program.step()
    const { value, op } = scope.finish()
    scope.end()
    same(value, program.root.model, 'state')
    same(base, before, 'the base is untouched')
    assert.ok(untouched(program), "the callers' objects are untouched")
    assert.ok(frozen(value), 'the next state is frozen')
    checkSharing(base, value, op)
    if (op !== null) checkOps(base, value, op)
    return op !== null
  } catch (error) {
    throw new Error(`seed ${seed}: ${program.log.join('; ')}`, { cause: error })
  }
}

function same(actual: unknown, expected: unknown, what: string): void {
  if (!equal(actual, expected)) assert.equal(actual, expected, what)
  assert.ok(equal(actual, expected), what)
}

function frozen(value: unknown): boolean {
  if (!isContainer(value)) return true
  return Object.isFrozen(value) && Object.values(value).every(frozen)
}

/** What is equal is the same reference; a net no-op keeps the root. */
function checkSharing(base: unknown, next: unknown, op: Op | null): void {
  assert.is(op === null, equal(base, next), 'no op exactly if nothing changed')
  if (op === null) return void assert.is(next, base, 'a net no-op keeps the reference')
  if (op.kind === 'object') {
    for (const key of Object.keys(next as object)) {
      const below = op.keys.get(key) ?? null
      if (below?.kind === 'set') continue
      checkSharing(look(base as object, key), look(next as object, key), below)
    }
  } else if (op.kind === 'array' && op.runs === null) {
    ;(next as unknown[]).forEach((value, i) => {
      const below = op.edits?.get(i) ?? null
      if (below?.kind !== 'set') checkSharing((base as unknown[])[i], value, below)
    })
  }
}

function checkOps(base: unknown, next: unknown, op: Op): void {
  same(apply(base, op), next, 'the ops applied to the base')
  checkForm(op, base)
  const back = invert(op)
  checkForm(back, next)
  same(apply(next, back), base, 'the inverse applied to the next state')
  same(apply(base, invert(back)), next, 'the inverse of the inverse')
}
