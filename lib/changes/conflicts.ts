// Rebases with the answers of a user. Open edits, `ChangeSet.rebase` and undo call `rebaseOrThrow`: it runs
// `rebaseOp`, asks `resolve` about each clash, and throws a `ConflictError` with the clashes that stay
// open.
import { ConflictError, badArgumentError, type Conflict } from '../document/messages/errors.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import { checkKnownOptions } from '../document/messages/check-options.ts'
import { formatPath } from '../document/paths/path.ts'
import { copyMutableLeaves } from '../document/leaves/copy-mutable-leaves.ts'
import type { ObjectOp } from './ops/ops.ts'
import { rebaseOp } from './rebase.ts'
import type { Side } from './rebase-context.ts'

/** Decides which side stands where two changes clash; undefined leaves the clash open. */
export type Resolve = Side | ((conflict: Conflict) => Side | undefined)

/** Options of a rebase. */
export interface RebaseOptions {
  readonly resolve?: Resolve
}

/** Throws `bad-argument` for options of another shape. */
export function checkRebaseOptions(options: RebaseOptions): void {
  checkKnownOptions(options, ['resolve'])
  checkResolve(options.resolve)
}

/** Throws `bad-argument` for anything that settles no clash. */
export function checkResolve(resolve: unknown): void {
  if ([undefined, 'ours', 'theirs'].includes(resolve as string)) return
  if (typeof resolve === 'function') return
  throw badArgumentError('resolve', "'ours', 'theirs' or a function", resolve)
}

/**
 * Rebases `ours` onto `theirs`. Returns null if nothing is left to do. Throws a `ConflictError` with every
 * clash that `resolve` leaves open.
 */
export function rebaseOrThrow(
  ours: ObjectOp,
  theirs: ObjectOp,
  leaves: Leaves,
  { resolve }: RebaseOptions,
): ObjectOp | null {
  checkResolve(resolve)
  const left: Conflict[] = []
  const settle = (clash: Conflict): Side | null => {
    const conflict = copyConflict(clash, leaves)
    const side = typeof resolve === 'function' ? resolve(conflict) : resolve
    if (side === 'ours' || side === 'theirs') return side
    if (side !== undefined)
      throw badArgumentError('resolve', "a function of 'ours' or 'theirs'", side)
    left.push(conflict)
    return null
  }
  const op = rebaseOp(ours, theirs, [], { leaves, settle })
  if (left.length === 0) return op as ObjectOp | null
  const paths = left.map(({ path }) => formatPath(path)).join(', ')
  throw new ConflictError(
    `Expected changes that can stand together. Received two that clash at ${paths}. Settle it with ` +
      '`resolve`, or make the change anew.',
    left,
  )
}

function copyConflict({ path, base, ours, theirs }: Conflict, leaves: Leaves): Conflict {
  const out = (value: unknown): unknown => copyMutableLeaves(value, leaves)
  return Object.freeze({
    path: Object.freeze([...path]),
    base: out(base),
    ours: out(ours),
    theirs: out(theirs),
  })
}
