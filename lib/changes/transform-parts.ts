// Change sets that are made of two others: composed, or rebased. The methods of `ChangeSet` and the functions of
// `cowslip/light` end here.
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import { composeOps } from './compose.ts'
import { rebaseOrThrow, type RebaseOptions } from './conflicts.ts'
import type { ChangeParts, ChangeSource } from './light-change-set.ts'
import { composeValues, rebaseValues } from './ops/nested-values.ts'
import { EMPTY_OP, type ObjectOp } from './ops/ops.ts'

/** Returns the parts of a change that does what two do, one after the other. Throws `bad-argument`. */
export function composeParts(first: ChangeParts, then: ChangeParts): ChangeParts {
  const { leaves }: { readonly leaves: Leaves } = first
  const op = (composeOps(first.op, then.op, leaves) as ObjectOp | null) ?? EMPTY_OP
  const { baseVersion } = first.info
  const { version, at, origin } = then.info
  return {
    op,
    values: composeValues(op, first, then),
    leaves,
    info: {
      ...(origin !== undefined && { origin }),
      ...(baseVersion !== undefined && { baseVersion }),
      ...(version !== undefined && { version }),
      ...(at !== undefined && { at }),
    },
    source: joinSources([first.source, then.source], first.source?.from, then.source?.to),
  }
}

/** Returns the parts of a change that does what `ours` does, after `theirs`. Throws a `ConflictError`. */
export function rebaseParts(
  ours: ChangeParts,
  theirs: ChangeParts,
  options: RebaseOptions,
): ChangeParts {
  const { leaves } = ours
  const op = rebaseOrThrow(ours.op, theirs.op, leaves, options) ?? EMPTY_OP
  const { baseVersion: _, version: __, ...info } = ours.info
  const { version } = theirs.info
  return {
    op,
    values: rebaseValues(op, ours, theirs),
    leaves,
    info: { ...info, ...(version !== undefined && { baseVersion: version }) },
    source: joinSources([ours.source, theirs.source], theirs.source?.to),
  }
}

/** Returns the source of a change that was made from two; null: not by one store. */
function joinSources(
  [a, b]: readonly [ChangeSource | null, ChangeSource | null],
  from: number | null = null,
  to: number | null = null,
): ChangeSource | null {
  return a !== null && a.token === b?.token ? { token: a.token, from, to } : null
}
