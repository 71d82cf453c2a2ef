// What must hold for every program.
import * as assert from 'uvu/assert'
import jsonPatch from 'fast-json-patch'
import { applyPatches, enableMapSet, enablePatches, type Patch as ImmerPatch } from 'immer'
import { ChangeSet, createChangeSet } from '../../lib/changes/change-set.ts'
import { apply } from '../../lib/changes/apply.ts'
import { invertOp } from '../../lib/changes/invert.ts'
import type { ObjectOp, Op } from '../../lib/changes/ops/ops.ts'
import { CowslipError } from '../../lib/document/messages/errors.ts'
import { equal, equalInOrder } from '../support/equal.ts'
import { applyImmerPatches as ourApplyPatches } from '../../lib/changes/encodings/apply-immer-patches.ts'
import { StoreScope } from '../../lib/draft/strict/store-scope.ts'
import { rules, snapshot } from '../support/drafting.ts'
import { copiesAlike } from './copies.ts'
import { checkForm } from './form.ts'
import { Program, untouched, writeLate } from './program.ts'
import { Random } from './random.ts'
import {
  children,
  copy,
  isCollection,
  isContainer,
  look,
  randomDocument,
  some,
  Thing,
} from './values.ts'

enablePatches()
enableMapSet()
const { applyPatch } = jsonPatch

/** Runs the program of this seed; throws where a law is broken. Whether anything changed. */
export function checkProgram(seed: number): boolean {
  const random = new Random(seed)
  const base = snapshot(randomDocument(random))
  const before = copy(base)
  const scope = new StoreScope(base, rules)
  const program = new Program(random, base, scope.root.proxy)
  try {
    for (let i = random.chance(0.8) ? random.below(10) : random.below(40); i >= 0; i--)
      program.step()
    const { value, op } = scope.finish()
    scope.end()
    same(value, program.root.model, 'state')
    assert.ok(equalInOrder(value, program.root.model), 'Maps and Sets in the order of the draft')
    same(base, before, 'the base is untouched')
    assert.ok(untouched(program), "the callers' objects are untouched")
    assert.ok(frozen(value), 'the next state is frozen')
    assert.ok(copiesAlike(value), 'copies have the keys of what they copy')
    checkSharing(base, value, op)
    if (op !== null) checkOps(base, value, op)
    return op !== null
  } catch (error) {
    const { message } = error as Error
    throw new Error(`seed ${seed}: ${message}\n${program.log.join('; ')}`, { cause: error })
  }
}

/**
 * Runs the program of this seed, and changes something that it inserted: the edit is refused exactly where that still
 * stands in the result. Whether it was.
 */
export function checkLateWrite(seed: number): boolean {
  const random = new Random(seed)
  const base = snapshot(randomDocument(random))
  const scope = new StoreScope(base, rules)
  const program = new Program(random, base, scope.root.proxy)
  for (let i = random.below(12); i >= 0; i--) program.step()
  const { model } = program.root
  const late = writeLate(program)
  const stands = late !== null && some(model, value => value === late)
  try {
    const { value } = scope.finish()
    assert.not(stands, 'a late write is refused')
    same(value, model, 'state')
  } catch (error) {
    const isLate = error instanceof CowslipError && error.code === 'late-write'
    if (isLate && stands) return true
    const { message } = error as Error
    throw new Error(`seed ${seed}: ${message}\n${program.log.join('; ')}`, { cause: error })
  }
  return false
}

function same(actual: unknown, expected: unknown, what: string): void {
  if (!equal(actual, expected)) assert.equal(actual, expected, what)
  assert.ok(equal(actual, expected), what)
}

function frozen(value: unknown): boolean {
  if (!isContainer(value)) return true
  return Object.isFrozen(value) && children(value).every(([, below]) => frozen(below))
}

/** What is equal is the same reference; a net no-op keeps the root. */
function checkSharing(base: unknown, next: unknown, op: Op | null): void {
  assert.is(op === null, equalInOrder(base, next), 'no op exactly if nothing changed')
  if (op === null) return void assert.is(next, base, 'a net no-op keeps the reference')
  if (op.kind === 'object') {
    for (const key of Object.keys(next as object)) {
      const below = op.keys.get(key) ?? null
      if (below?.kind === 'set') continue
      checkSharing(look(base as object, key), look(next as object, key), below)
    }
  } else if (op.kind === 'map') {
    for (const [key, value] of next as ReadonlyMap<unknown, unknown>) {
      const below = op.entries.get(key) ?? null
      if (below?.kind === 'set') continue
      checkSharing((base as ReadonlyMap<unknown, unknown>).get(key), value, below)
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
  const back = invertOp(op)
  checkForm(back, next)
  same(apply(next, back), base, 'the inverse applied to the next state')
  same(apply(base, invertOp(back)), next, 'the inverse of the inverse')
  assert.is(op.kind, 'object')
  const change = createChangeSet(op as ObjectOp, base as object, next as object, rules.leaves, {})
  checkRecords(change, base as object, next as object)
  checkPatches(change, base as object, next as object)
  checkJSONPatch(change, base as object, next as object)
  checkOwnPatches(change, base as object, next)
  if (some([base, next], value => value instanceof Thing)) return
  const read = ChangeSet.from(JSON.parse(JSON.stringify(change)))
  checkForm(read.ops, base)
  same(apply(base, read.ops), next, 'ops read from JSON')
  assert.ok(read.touched.join() === change.touched.join(), 'touched, from JSON')
}

function checkRecords(change: ChangeSet, base: object, next: object): void {
  for (const key of change.touched) {
    same(look(change.originals, key), look(base, key), 'originals')
    same(look(change.changes, key), look(next, key), 'changes')
    assert.is(change.removed.includes(key), !Object.hasOwn(next, key), 'removed')
    assert.ok(change.touches([key]), 'touches')
  }
  const keys = new Set([...Object.keys(base), ...Object.keys(next)])
  const differing = [...keys].filter(
    key =>
      Object.hasOwn(base, key) !== Object.hasOwn(next, key) ||
      !equalInOrder(look(base, key), look(next, key)),
  )
  assert.equal([...change.touched].sort(), differing.sort(), 'touched is net')
}

/** The other libraries refuse this key in paths, and lose it in copies. */
const refused = (...values: object[]): boolean =>
  values.some(value =>
    some(value, at => isContainer(at) && children(at).some(([key]) => key === '__proto__')),
  )

/** Immer finds a member by its reference, and a date inside is handed out as a copy. */
const objectsInSets = (value: unknown): boolean =>
  some(value, at => at instanceof Set && [...at].some(member => Object(member) === member))

function checkPatches(change: ChangeSet, base: object, next: object): void {
  if (refused(base, next) || objectsInSets([base, next])) return
  // By uvu's equality: Immer does not store the difference between 0 and -0.
  const { patches, inverse } = change
  assert.equal(applyPatches(base, patches as ImmerPatch[]), next, "Immer's applyPatches")
  assert.equal(applyPatches(next, inverse as ImmerPatch[]), base, 'the inverse by Immer')
}

function checkOwnPatches(change: ChangeSet, base: object, next: unknown): void {
  const scope = new StoreScope(base, rules)
  ourApplyPatches(scope.root.proxy, change.patches, rules.leaves)
  same(scope.finish().value, next, 'our applyPatches')
}

const json = (value: unknown): any => JSON.parse(JSON.stringify(value))

function checkJSONPatch(change: ChangeSet, base: object, next: object): void {
  if (refused(base, next) || some([base, next], isCollection)) return
  for (const test of [false, true]) {
    const patch = json(change.toJSONPatch({ test }))
    same(applyPatch(json(base), patch, true).newDocument, json(next), `JSON Patch, ${test}`)
  }
  const back = json(change.invert().toJSONPatch({ test: true }))
  same(applyPatch(json(next), back, true).newDocument, json(base), 'the inverse as JSON Patch')
}
