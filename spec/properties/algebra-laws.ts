// Random changes, calculated with: compose, however grouped, and invert.
import * as assert from 'uvu/assert'
import { apply } from '../../lib/changes/apply.ts'
import { composeOps } from '../../lib/changes/compose.ts'
import { diffSnapshots } from '../../lib/changes/diff/diff.ts'
import { BY_ID } from '../../lib/changes/diff/identity.ts'
import { invertOp } from '../../lib/changes/invert.ts'
import type { Op } from '../../lib/changes/ops/ops.ts'
import { StoreScope } from '../../lib/draft/strict/store-scope.ts'
import { rules, snapshot } from '../support/drafting.ts'
import { equal } from '../support/equal.ts'
import { checkForm } from './form.ts'
import { Program } from './program.ts'
import { Random } from './random.ts'
import { copy, randomDocument } from './values.ts'

const { leaves } = rules

/** What one random program makes of a snapshot. */
export interface Change {
  readonly op: Op | null
  readonly next: object
  readonly log: string
}

export function randomChange(random: Random, base: object): Change {
  const scope = new StoreScope(base, rules)
  const program = new Program(random, base, scope.root.proxy)
  for (let i = random.below(8); i >= 0; i--) program.step()
  const { op, value } = scope.finish()
  scope.end()
  return { op, next: value, log: program.log.join('; ') }
}

/**
 * Whether elements move, or a Map or Set is set in another order: among equal ones that may be no change, which
 * ops alone cannot tell.
 */
export function mayBeNothing(op: Op): boolean {
  if (op.kind === 'set') return 'old' in op && equal(op.value, op.old)
  if (op.kind === 'object') return [...op.keys.values()].some(mayBeNothing)
  if (op.kind === 'map') return [...op.entries.values()].some(mayBeNothing)
  return (
    op.kind === 'array' && (op.runs !== null || [...(op.edits?.values() ?? [])].some(mayBeNothing))
  )
}

export const applied = (base: unknown, op: Op | null): unknown =>
  op === null ? base : apply(base, op)

function leadsTo(base: unknown, op: Op | null, next: unknown, what: string): void {
  assert.ok(equal(applied(base, op), next), what)
  if (op !== null) {
    checkForm(op, base)
    assert.ok(equal(applied(next, invertOp(op)), base), `${what}, and back`)
  }
  if (equal(base, next)) assert.ok(op === null || mayBeNothing(op), `${what}: nothing`)
}

/** Three changes, one after another; throws where a law is broken. */
export function checkCompose(seed: number): void {
  const random = new Random(seed)
  const base = snapshot(randomDocument(random))
  const a = randomChange(random, base)
  const b = randomChange(random, a.next)
  const c = randomChange(random, b.next)
  try {
    const ab = composeOps(a.op, b.op, leaves)
    const bc = composeOps(b.op, c.op, leaves)
    leadsTo(base, ab, b.next, 'a, b')
    leadsTo(a.next, bc, c.next, 'b, c')
    leadsTo(base, composeOps(ab, c.op, leaves), c.next, '(a, b), c')
    leadsTo(base, composeOps(a.op, bc, leaves), c.next, 'a, (b, c)')
    const undone = a.op && composeOps(a.op, invertOp(a.op), leaves)
    assert.is(undone, null, 'a, and back')
  } catch (error) {
    const { message } = error as Error
    const log = [a, b, c].map(change => change.log).join('\n')
    throw new Error(`seed ${seed}: ${message}\n${log}`, { cause: error })
  }
}

/** The difference of two states: one made of the other, with and without what they share, and any two. */
export function checkDiff(seed: number): void {
  const random = new Random(seed)
  const base = snapshot(randomDocument(random))
  const change = randomChange(random, base)
  const other = snapshot(randomDocument(random))
  const pairs = [change.next, snapshot(copy(change.next)), other, base]
  const keys = random.chance(0.5) ? () => (value: unknown) => value : BY_ID
  try {
    for (const next of pairs) {
      const found = diffSnapshots(base, next, { leaves, keys })
      leadsTo(base, found?.op ?? null, next, 'diff')
      assert.is(found === null, equal(base, next), 'nothing exactly if nothing differs')
    }
  } catch (error) {
    const { message } = error as Error
    throw new Error(`seed ${seed}: ${message}\n${change.log}`, { cause: error })
  }
}
