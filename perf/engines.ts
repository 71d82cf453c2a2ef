// The engines that are compared, each frozen as deep as it freezes.
import * as immer from 'immer'
import { create, type Patches } from 'mutative'
import * as structura from 'structurajs'
import limu from 'limu'
import { createStore } from 'cowslip'
import * as cowslip from 'cowslip/produce/full'

type Recipe = (draft: any) => void

export interface Engine {
  /** Takes a base in and gives what edits it, again and again: each call gives the next state. */
  start(base: any): (recipe: Recipe) => any
  /** As `start`, with what changed asked for. */
  logged?(base: any): (recipe: Recipe) => any
  /** Each call edits the same base anew. */
  restart?(base: any): (recipe: Recipe) => any
  /** The same with what changed asked for. */
  restartLogged?(base: any): (recipe: Recipe) => any
}

/** Keeps what was made, so that it is made. */
export const kept: { last: unknown } = { last: null }

/** What makes the next state from one state. */
type Step = (state: any, recipe: Recipe) => any

/** One that makes a state of a state. */
function chained(step: Step, logged?: Step): Engine {
  const from = (next: Step) => (base: any) => {
    let state = immer.freeze(base, true)
    return (recipe: Recipe) => (state = next(state, recipe))
  }
  const again = (next: Step) => (base: any) => {
    const state = immer.freeze(base, true)
    return (recipe: Recipe) => next(state, recipe)
  }
  const ways = { start: from(step), restart: again(step) }
  return logged ? { ...ways, logged: from(logged), restartLogged: again(logged) } : ways
}

const keep = ([state, ...patches]: readonly any[]): any => {
  kept.last = patches
  return state
}

function immerEngine(plugin: boolean): Engine {
  const made = chained(
    (state, recipe) => immer.produce(state, recipe),
    (state, recipe) => keep(immer.produceWithPatches<any>(state, recipe)),
  )
  const prepared =
    (start: Engine['start'] = made.start): Engine['start'] =>
    base => {
      immer.enablePatches()
      if (plugin) immer.enableArrayMethods()
      return start(base)
    }
  return {
    start: prepared(),
    logged: prepared(made.logged),
    restart: prepared(made.restart),
    restartLogged: prepared(made.restartLogged),
  }
}

const mutativeLogs: { enableAutoFreeze: true; enablePatches: true } = {
  enableAutoFreeze: true,
  enablePatches: true,
}

/** By name. Structura and Limu make no patches that could be compared. */
export const ENGINES: Readonly<Record<string, Engine>> = {
  Cowslip: chained(
    (state, recipe) => cowslip.produce(state, recipe),
    (state, recipe) => keep(cowslip.produceWithPatches<any>(state, recipe)),
  ),
  'Cowslip store': {
    start(base) {
      const store = createStore(base)
      return recipe => {
        store.edit(recipe)
        return store.state
      }
    },
    logged(base) {
      const store = createStore(base)
      return recipe => {
        const change = store.edit(recipe)
        kept.last = [change?.patches, change?.inverse]
        return store.state
      }
    },
  },
  Immer: immerEngine(false),
  'Immer+': immerEngine(true),
  Mutative: chained(
    (state, recipe) => create(state, recipe, { enableAutoFreeze: true }),
    (state, recipe) => keep(create(state, recipe, mutativeLogs) as Patches),
  ),
  Structura: {
    start(base) {
      structura.enableAutoFreeze(true)
      let state = immer.freeze(base, true)
      return recipe => (state = structura.produce(state, recipe))
    },
  },
  Limu: chained((state, recipe) => limu.produce(state, recipe, { autoFreeze: true })),
}
