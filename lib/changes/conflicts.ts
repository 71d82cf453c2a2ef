import { ConflictError, badArgument, type Conflict } from '../document/messages/errors.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import { checkKnown } from '../document/messages/check-options.ts'
import { formatPath } from '../document/paths/path.ts'
import { handOut } from '../document/leaves/copy-mutable-leaves.ts'
import type { ObjectOp } from './ops/ops.ts'
import { rebase } from './rebase.ts'
import type { Side } from './rebase-context.ts'

/** Whose change stands where two clash; undefined leaves it a conflict. */
export type Resolve = Side | ((conflict: Conflict) => Side | undefined)

/** How a rebase deals with clashes. */
export interface RebaseOptions {
  readonly resolve?: Resolve
}

/** Refuses options of a rebase that have another shape. */
export function checkRebase(options: RebaseOptions): void {
  checkKnown(options, ['resolve'])
  checkResolve(options.resolve)
}

function checkResolve(resolve: unknown): void {
  if ([undefined, 'ours', 'theirs'].includes(resolve as string)) return
  if (typeof resolve === 'function') return
  throw badArgument('resolve', "'ours', 'theirs' or a function", resolve)
}

/** `ours` on top of `theirs`; null: nothing is left. Throws a `ConflictError` with what nothing settles. */
export function rebaseOr(
  ours: ObjectOp,
  theirs: ObjectOp,
  leaves: Leaves,
  { resolve }: RebaseOptions,
): ObjectOp | null {
  checkResolve(resolve)
  const left: Conflict[] = []
  const settle = (clash: Conflict): Side | null => {
    const conflict = handedOut(clash, leaves)
    const side = typeof resolve === 'function' ? resolve(conflict) : resolve
    if (side === 'ours' || side === 'theirs') return side
    if (side !== undefined) throw badArgument('resolve', "a function of 'ours' or 'theirs'", side)
    left.push(conflict)
    return null
  }
  const op = rebase(ours, theirs, [], { leaves, settle })
  if (left.length === 0) return op as ObjectOp | null
  const paths = left.map(({ path }) => formatPath(path)).join(', ')
  throw new ConflictError(
    `Expected changes that can stand together. Received two that clash at ${paths}. Settle it with ` +
      '`resolve`, or make the change anew.',
    left,
  )
}

function handedOut({ path, base, ours, theirs }: Conflict, leaves: Leaves): Conflict {
  const out = (value: unknown): unknown => handOut(value, leaves)
  return Object.freeze({
    path: Object.freeze([...path]),
    base: out(base),
    ours: out(ours),
    theirs: out(theirs),
  })
}
