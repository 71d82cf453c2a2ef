// The same program on `cowslip/produce`, on Immer and on a mutable copy: one state, and patches that lead
// to it and back.
import * as assert from 'uvu/assert'
import * as immer from 'immer'
import * as ours from 'cowslip/produce/full'
import { copiesAlike } from './copies.ts'
import { Program } from './program.ts'
import { Random } from './random.ts'
import { children, copy, isContainer, randomDocument } from './values.ts'

immer.enableMapSet()
immer.enablePatches()
ours.enablePatches()

/**
 * Runs the program of this seed; throws where ours differs from the mutable copy. Whether Immer agrees:
 * where it does not, it is Immer that differs from the copy.
 */
export function checkProduce(seed: number): boolean {
  const own = runOn(ours, seed)
  try {
    assert.equal(own.next, own.model, 'ours and the copy')
    const { base, next, patches, inverse } = own
    assert.equal(ours.applyPatches(base, patches), next, 'our patches')
    assert.equal(ours.applyPatches(next, inverse), base, 'our inverse patches')
    assert.ok(frozen(next), 'the next state is frozen')
    assert.ok(copiesAlike(next), 'copies have the keys of what they copy')
  } catch (error) {
    const { message } = error as Error
    throw new Error(`seed ${seed}: ${message}\n${own.log.join('; ')}`, { cause: error })
  }
  return immerAgrees(seed, own.next)
}

function immerAgrees(seed: number, next: unknown): boolean {
  try {
    assert.equal(runOn(immer, seed).next, next)
    return true
  } catch {
    return false
  }
}

interface Ran {
  base: any
  next: any
  model: unknown
  patches: any
  inverse: any
  log: readonly string[]
}

function runOn(api: any, seed: number): Ran {
  const random = new Random(seed, false)
  const base = randomDocument(random)
  const before = copy(base)
  const draft = api.createDraft(base)
  const program = new Program(random, base, draft)
  let told: unknown[] = []
  try {
    for (let i = random.below(12); i >= 0; i--) program.step()
    const next = api.finishDraft(draft, (...patches: unknown[]) => (told = patches))
    assert.equal(base, before, 'the base is untouched')
    const [patches, inverse] = told
    return { base, next, model: program.root.model, patches, inverse, log: program.log }
  } catch (error) {
    const { message } = error as Error
    throw new Error(`seed ${seed}: ${message}\n${program.log.join('; ')}`, { cause: error })
  }
}

function frozen(value: unknown): boolean {
  if (!isContainer(value)) return true
  return Object.isFrozen(value) && children(value).every(([, below]) => frozen(below))
}
