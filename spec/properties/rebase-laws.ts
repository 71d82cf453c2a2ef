// Two random changes of one base: what each becomes on top of the other.
import * as assert from 'uvu/assert'
import type { Conflict } from '../../lib/document/messages/errors.ts'
import { invertOp } from '../../lib/changes/invert.ts'
import type { Op } from '../../lib/changes/ops/ops.ts'
import { rebaseOp } from '../../lib/changes/rebase.ts'
import type { Side } from '../../lib/changes/rebase-context.ts'
import { StoreScope } from '../../lib/draft/strict/store-scope.ts'
import { rules, snapshot } from '../support/drafting.ts'
import { equal } from '../support/equal.ts'
import { applied, mayBeNothing, randomChange, type Change } from './algebra-laws.ts'
import { checkForm } from './form.ts'
import { Random } from './random.ts'
import { randomDocument } from './values.ts'

const { leaves } = rules

export function rebased(
  ours: Op | null,
  theirs: Op | null,
  side: Side | null,
): { op: Op | null; conflicts: Conflict[] } {
  const conflicts: Conflict[] = []
  const settle = (conflict: Conflict): Side | null => {
    conflicts.push(conflict)
    return side
  }
  return { op: rebaseOp(ours, theirs, [], { leaves, settle }), conflicts }
}

function fits(base: unknown, op: Op | null): unknown {
  const next = applied(base, op)
  if (op === null) return next
  checkForm(op, base)
  assert.ok(equal(applied(next, invertOp(op)), base), 'it can be taken back')
  assert.ok(!equal(next, base) || mayBeNothing(op), 'an op changes something')
  return next
}

function told(seed: number, changes: readonly { log: string }[], run: () => void): void {
  try {
    run()
  } catch (error) {
    const { message } = error as Error
    const log = changes.map(change => change.log).join('\n')
    throw new Error(`seed ${seed}: ${message}\n${log}`, { cause: error })
  }
}

/** Any two changes: what comes out fits, whoever is to win; each conflict is seen from both sides. */
export function checkRebase(seed: number): void {
  const random = new Random(seed)
  const base = snapshot(randomDocument(random))
  const [a, b] = [randomChange(random, base), randomChange(random, base)]
  told(seed, [a, b], () => {
    for (const side of ['ours', 'theirs', null] as const) {
      fits(a.next, rebased(b.op, a.op, side).op)
      fits(b.next, rebased(a.op, b.op, side).op)
    }
    const [mine, other] = [rebased(b.op, a.op, null), rebased(a.op, b.op, null)]
    assert.is(mine.conflicts.length, other.conflicts.length, 'as many conflicts from either side')
    assert.is(rebased(null, a.op, null).op, null)
    assert.is(rebased(b.op, null, null).op, b.op)
  })
}

/** Two changes of different top-level keys: either order gives the same, and either can be undone. */
export function checkDisjoint(seed: number): void {
  const random = new Random(seed)
  const [left, right] = [snapshot(randomDocument(random)), snapshot(randomDocument(random))]
  const base = snapshot({ left, right })
  const [a, b] = [
    below('left', randomChange(random, left)),
    below('right', randomChange(random, right)),
  ]
  told(seed, [a, b], () => {
    const [overA, overB] = [rebased(b.op, a.op, null), rebased(a.op, b.op, null)]
    assert.equal([...overA.conflicts, ...overB.conflicts], [], 'no conflicts')
    const next = fits(applied(base, a.op), overA.op)
    assert.ok(equal(next, fits(applied(base, b.op), overB.op)), 'either order')
    const undo = rebased(a.op && invertOp(a.op), overA.op, null)
    assert.ok(equal(applied(next, undo.op), applied(base, b.op)), 'undone')
  })
}

function below(key: string, { op, log }: Change): { op: Op | null; log: string } {
  return { op: op && { kind: 'object', keys: new Map([[key, op]]) }, log }
}

/** Two edits of one list of entities: what both kept, and what each put in, nothing twice. */
export function checkLists(seed: number): void {
  const random = new Random(seed)
  const base: number[] = Array.from({ length: random.below(8) }, (_, i) => i)
  const document = snapshot({ list: base.map(n => ({ n })) })
  const [a, b] = [editList(random, document, 100), editList(random, document, 200)]
  told(seed, [a, b], () => {
    const { op, conflicts } = rebased(b.op, a.op, null)
    if (conflicts.length > 0) {
      assert.ok(moves(base, a.list) && moves(base, b.list), 'only orders clash')
      return
    }
    const list = numbers(fits(a.next, op))
    const kept = base.filter(n => a.list.includes(n) && b.list.includes(n))
    const expected = [...kept, ...a.list, ...b.list].filter(n => n >= 100 || kept.includes(n))
    assert.equal(
      [...list].sort((x, y) => x - y),
      [...new Set(expected)].sort((x, y) => x - y),
      'what both kept, and what each put in',
    )
    const within = (of: readonly number[]): number[] => list.filter(n => of.includes(n))
    const still = (of: readonly number[]): number[] => of.filter(n => list.includes(n))
    if (!moves(base, b.list)) assert.equal(within(a.list), still(a.list), 'their order')
    if (!moves(base, a.list)) assert.equal(within(b.list), still(b.list), 'our order')
  })
}

const moves = (base: readonly number[], list: readonly number[]): boolean => {
  const kept = list.filter(n => base.includes(n))
  return kept.some((n, i) => i > 0 && n < (kept[i - 1] as number))
}

function editList(random: Random, document: object, from: number): Change & { list: number[] } {
  const scope = new StoreScope(document, rules)
  const { list } = scope.root.proxy as { list: { n: number }[] }
  const log: string[] = []
  for (let i = random.below(4); i >= 0; i--) {
    const at = random.below(list.length + 1)
    const kind = random.below(5)
    log.push(`${kind} ${at}`)
    if (kind <= 1) list.splice(at, 0, { n: from++ })
    else if (kind <= 3) list.splice(at, 1)
    else if (random.chance(0.5)) list.splice(random.below(list.length), 0, ...list.splice(at, 1))
    else list.reverse()
  }
  const { op, value } = scope.finish()
  scope.end()
  return { op, next: value, log: log.join('; '), list: numbers(value) }
}

function numbers(document: unknown): number[] {
  return (document as { list: { n: number }[] }).list.map(({ n }) => n)
}
