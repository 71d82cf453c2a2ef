// The class `Immer` of `cowslip/produce`: `produce` and its companions with settings of their own.
import type {
  Draft,
  Immer as Immers,
  Objectish,
  Patch,
  PatchListener,
  StrictMode,
  produce,
  produceWithPatches,
} from 'immer'
import { patchesOf } from './patch-collector.ts'
import type { Settings } from './produce-scope.ts'
import * as engine from './produce.ts'
import { applyPatches, finishDraft, createProduce, createProduceWithPatches } from './producers.ts'

/**
 * A set of `produce` and its companions with settings of its own; all methods are bound. `autoFreeze`
 * (true): whether results are frozen. `useStrictShallowCopy` (false): whether copies keep properties that
 * are not enumerable: of all objects (true), of instances of classes (`'class_only'`), or of none.
 * `useStrictIteration` is accepted and has no effect: all properties are always visited.
 *
 * @example
 * import { Immer } from 'cowslip/produce'
 * const { produce } = new Immer({ autoFreeze: false })
 * Object.isFrozen(produce({ n: 1 }, draft => void draft.n++)) // false
 */
export class Immer implements Omit<Immers, `${string}_`> {
  readonly #settings: Settings = { autoFreeze: true, useStrictShallowCopy: false }
  #strictIteration: boolean = false

  readonly produce: typeof produce = createProduce(this.#settings)
  readonly produceWithPatches: typeof produceWithPatches = createProduceWithPatches(
    this.#settings,
    patchesOf,
  )

  constructor(
    settings: {
      autoFreeze?: boolean
      useStrictShallowCopy?: StrictMode
      useStrictIteration?: boolean
    } = {},
  ) {
    const { autoFreeze, useStrictShallowCopy, useStrictIteration } = settings
    if (autoFreeze !== undefined) this.setAutoFreeze(autoFreeze)
    if (useStrictShallowCopy !== undefined) this.setUseStrictShallowCopy(useStrictShallowCopy)
    if (useStrictIteration !== undefined) this.setUseStrictIteration(useStrictIteration)
  }

  readonly createDraft = <T extends Objectish>(base: T): Draft<T> =>
    engine.createDraft(this.#settings, base) as Draft<T>

  readonly finishDraft = <D extends Draft<any>>(
    draft: D,
    listener?: PatchListener,
  ): D extends Draft<infer T> ? T : never => finishDraft(draft, listener) as never

  readonly applyPatches = <T extends Objectish>(base: T, patches: readonly Patch[]): T =>
    applyPatches(this.#settings, base, patches) as T

  readonly setAutoFreeze = (freezes: boolean): void => {
    this.#settings.autoFreeze = freezes
  }

  readonly setUseStrictShallowCopy = (strict: StrictMode): void => {
    this.#settings.useStrictShallowCopy = strict
  }

  readonly setUseStrictIteration = (strict: boolean): void => {
    this.#strictIteration = strict
  }

  readonly shouldUseStrictIteration = (): boolean => this.#strictIteration
}
