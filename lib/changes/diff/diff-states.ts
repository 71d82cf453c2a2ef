// The public function `diff`: two documents in, a change set out. It checks and freezes both with `ingest`,
// and calls `diffSnapshots`.
import { badArgumentError } from '../../document/messages/errors.ts'
import { isPlainObject } from '../../document/containers.ts'
import { EMPTY_OP, type ObjectOp } from '../ops/ops.ts'
import { ingest } from '../../document/ingest.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { defaultLeaves, leavesOf, type Leaf } from '../../document/leaves/leaves.ts'
import { createChangeSet, type ChangeSet } from '../change-set.ts'
import { diffSnapshots } from './diff.ts'
import { parseKeyed, type Keyed } from './identity.ts'

/** Options of {@link diff}. */
export interface DiffOptions {
  /** The identity of array elements, by path: see {@link Keyed}. */
  readonly keyed?: Keyed
  /** Classes of values, as `createStore` takes them. */
  readonly leaves?: readonly Leaf[]
}

/**
 * Returns the change set that leads from `base` to `next`; `isEmpty` where they are equal. Shared
 * references are skipped at once, objects are compared key by key. Elements of arrays are recognised by
 * `keyed`, by reference or by value, so an insert is an insert; an array with too little in common is set
 * whole. O(what is not shared), of arrays plus O(differences * length): for 2,000 elements up to 1,000
 * differences, for more up to 64. Throws `bad-argument`, and the errors of `createStore` for values that no
 * store holds.
 *
 * @example
 * import { diff } from 'cowslip'
 * const base = { tags: ['math'], items: [{ id: 1, n: 1 }, { id: 2, n: 1 }] }
 * const next = { tags: ['navy', 'math'], items: [{ id: 2, n: 5 }, { id: 1, n: 1 }] }
 * const change = diff(base, next, { keyed: { items: 'id' } })
 * change.patches[0] // { op: 'add', path: ['tags', 0], value: 'navy' }
 * change.touched // ['tags', 'items']
 */
export function diff(base: object, next: object, options: DiffOptions = {}): ChangeSet {
  const { op, from, to, leaves } = findDifference(base, next, options)
  return createChangeSet(op, from, to, leaves, {})
}

/** An op, and the states that it leads from and to. */
interface Difference {
  readonly op: ObjectOp
  readonly from: object
  readonly to: object
  readonly leaves: Leaves
}

/** Returns the op that leads from `base` to `next`, and both as snapshots. Throws as `diff` does. */
export function findDifference(base: object, next: object, options: DiffOptions): Difference {
  if (typeof options !== 'object' || options === null) {
    throw badArgumentError('options', 'an object', options)
  }
  const leaves = options.leaves === undefined ? defaultLeaves : leavesOf(options.leaves)
  const take = (name: string, value: unknown): object => {
    if (typeof value !== 'object' || value === null || !isPlainObject(value)) {
      throw badArgumentError(name, 'a plain object', value)
    }
    const rules = { leaves, inMemory: true, finishDraft: () => null }
    return ingest(value, rules, () => []) as object
  }
  const from = take('base', base)
  const keys = parseKeyed(options.keyed)
  const found = diffSnapshots(from, take('next', next), { leaves, keys })
  const op = found?.op ?? EMPTY_OP
  return { op, from, to: found?.next ?? from, leaves }
}
