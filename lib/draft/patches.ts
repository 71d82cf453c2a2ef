import { toInversePatches, toPatches, type Patch } from '../changes/immer-patches.ts'
import type { Op } from '../changes/ops.ts'
import { opOf } from './log.ts'
import { LoggedScope } from './logged-scope.ts'
import type { Begin, Produced } from './produce.ts'

/** For an edit whose patches are asked for. */
export const beginLogged: Begin = (base, rules) => new LoggedScope(base, rules)

/** The patches that lead from `base` to what was made of it, and those that lead back, in Immer's shape. */
export function patchesOf(base: unknown, { next, scope }: Produced): [Patch[], Patch[]] {
  if (next === base) return [[], []]
  const op = scope === null ? null : opOf(scope.root)
  const made: Op = op ?? { kind: 'set', value: next, old: base }
  return [toPatches(made, next), toInversePatches(made, base)]
}
