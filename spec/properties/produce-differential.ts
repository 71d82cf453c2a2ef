// The same random program on `cowslip/produce` and on Immer, over several generations: what it sees, what
// comes out, and which objects in it are the base's and the user's own.
import * as assert from 'uvu/assert'
import * as immer from 'immer'
import * as ours from 'cowslip/produce'
import { describe, type Described } from './graph.ts'
import { ProduceProgram } from './produce-program.ts'
import { randomBase } from './produce-values.ts'
import { Random } from './random.ts'

immer.enableMapSet()
immer.enablePatches()
ours.enablePatches()
ours.enableMapSet()

/** `kept`: whether an object in it was in a base already. */
interface Result extends Described {
  readonly kept: readonly boolean[]
}

interface Ran {
  readonly log: readonly string[]
  readonly results: readonly Result[]
  readonly raws: readonly object[]
  readonly threw: unknown
}

function runOn(api: any, seed: number, autoFreeze: boolean): Ran {
  const random = new Random(seed)
  const instance = new api.Immer({ autoFreeze })
  const all = { ...api, ...instance, produce: instance.produce }
  all.createDraft = (base: any) => instance.createDraft(base)
  all.finishDraft = (draft: any) => instance.finishDraft(draft)
  const program = new ProduceProgram(all, random)
  program.describe = value => describe(value, all.isDraft)
  let state = randomBase(random)
  if (random.chance(0.3)) api.freeze(state, true)
  const results: Result[] = []
  const bases = new Set<object>()
  const log = program.log
  let threw: unknown
  try {
    for (let generation = random.below(3); generation >= 0; generation--) {
      for (const node of describe(state, all.isDraft).nodes) bases.add(node)
      state = program.edit(state)
      const result = describe(state, all.isDraft)
      results.push({ ...result, kept: result.nodes.map(node => bases.has(node)) })
      log.push('--')
    }
  } catch (error) {
    threw = error
    log.push('threw')
  }
  return { log, results, raws: program.raws, threw }
}

/** Immer looks for members of Sets by their text; its `current` and its results keep drafts here and there. */
const IMMERS_FAULTS = /convert object to primitive|a draft is left|has been revoked/

/** Throws where ours and Immer differ. False where that is because of something that was set back. */
export function checkDifferential(seed: number): boolean {
  const autoFreeze = seed % 4 !== 3
  const [own, immers] = [runOn(ours, seed, autoFreeze), runOn(immer, seed, autoFreeze)]
  if (IMMERS_FAULTS.test(String(immers.threw))) return true
  try {
    compare(own, immers, autoFreeze)
    return true
  } catch (error) {
    if (keepsMore(own, immers)) return false
    const { message } = error as Error
    const threw = `${immers.threw ?? ''} ${own.threw ?? ''}`
    throw new Error(`seed ${seed}: ${message} ${threw}\n${own.log.join('\n')}`, { cause: error })
  }
}

/** Whether something is the base's own here and a copy in Immer: what follows may see that. */
function keepsMore(own: Ran, immers: Ran): boolean {
  return own.results.some(({ kept }, i) => {
    const theirs = immers.results[i]?.kept
    return kept.some((is, at) => is && theirs?.[at] === false)
  })
}

function compare(own: Ran, immers: Ran, autoFreeze: boolean): void {
  own.log.forEach((line, i) => assert.is(line, immers.log[i], `step ${i}`))
  own.results.forEach(({ text, nodes, kept }, i) => {
    const theirs = immers.results[i] as Result
    assert.is(text, theirs.text, `result ${i}`)
    nodes.forEach((node, at) => {
      const other = theirs.nodes[at] as object
      const told = (what: string): string => `${what}: object ${at} in ${text}`
      const twin = nodes[theirs.nodes.indexOf(other)]
      assert.ok(twin === node, told('two are one'))
      if (theirs.kept[at]) assert.ok(kept[at], told('of the base'))
      // What ends where it began is the base's own here, and a copy in Immer.
      if (kept[at]) return
      assert.is(own.raws.indexOf(node), immers.raws.indexOf(other), told("the user's own"))
      assert.ok(theirs.nodes[nodes.indexOf(node)] === other, told('one is two'))
      const [ice, theirIce] = [Object.isFrozen(node), Object.isFrozen(other)]
      assert.ok(autoFreeze && !theirIce ? true : ice === theirIce, told('frozen'))
    })
  })
}
