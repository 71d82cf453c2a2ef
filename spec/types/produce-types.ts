// The types of `cowslip/produce` are those of the installed Immer: compiled by `npm test`.
import type * as immer from 'immer'
import * as ours from 'cowslip/produce'
import { current, nothing, original, produce } from 'cowslip/produce'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

const yes = <_ extends true>(): void => {}

type Functions = Omit<typeof immer, 'Immer' | 'default'>
/** Every function and symbol, assigned where Immer's is expected. */
export const functions: Functions = ours

export type Instance = Omit<immer.Immer, `${string}_`>
/** An instance, and what makes one. */
export const instance: Instance = new ours.Immer({
  autoFreeze: false,
  useStrictShallowCopy: 'class_only',
  useStrictIteration: true,
})

interface S {
  readonly a: { readonly b: readonly number[] }
}

yes<Same<ours.Draft<S>, immer.Draft<S>>>()
yes<Same<ours.Immutable<S>, immer.Immutable<S>>>()
yes<Same<ours.WritableDraft<S>, immer.WritableDraft<S>>>()
yes<Same<ours.WritableNonArrayDraft<S>, immer.WritableNonArrayDraft<S>>>()
yes<Same<ours.Patch, immer.Patch>>()
yes<Same<ours.PatchListener, immer.PatchListener>>()
yes<Same<ours.Producer<S>, immer.Producer<S>>>()
yes<Same<ours.Objectish, immer.Objectish>>()
yes<Same<ours.StrictMode, immer.StrictMode>>()
yes<Same<typeof ours.nothing, typeof immer.nothing>>()
yes<Same<typeof ours.produce, typeof immer.produce>>()
yes<Same<typeof ours.produceWithPatches, typeof immer.produceWithPatches>>()

const s: S = { a: { b: [1] } }

/** `nothing` makes a state undefined where that is allowed. */
export const gone: S | undefined = produce(s as S | undefined, _ => nothing)
// @ts-expect-error: this state cannot be undefined
produce(s, _ => nothing)

produce(s, draft => {
  const now: S = current(draft)
  const before: S = original(draft)
  draft.a.b.push(now.a.b.length + before.a.b.length)
  // @ts-expect-error: no such key
  draft.c = 1
})
