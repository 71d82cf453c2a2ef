// Change sets: the frozen value that tells what one edit changed. Stores and collections create them,
// listeners, adapters and users read them.
import { badArgumentError } from '../document/messages/errors.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import type { Leaf } from '../document/leaves/leaves.ts'
import { parsePath } from '../document/paths/parse-path.ts'
import type { PathInput } from '../document/paths/path.ts'
import type { RebaseOptions } from './conflicts.ts'
import { changeToJSON, partsFromJSON } from './encodings/change-json.ts'
import type { JSONObject } from './encodings/json-values.ts'
import {
  toJSONPatch,
  type JSONPatchOperation,
  type JSONPatchOptions,
} from './encodings/json-patch.ts'
import {
  invertParts,
  isLightChangeSet,
  ChangeSet as LightChangeSet,
  partsBetween,
  partsOf,
  type ChangeInfo,
  type ChangeParts,
  type ChangeSource,
} from './light-change-set.ts'
import type { ObjectOp } from './ops/ops.ts'
import { touchesPath } from './ops/touches-path.ts'
import { composeParts, rebaseParts } from './transform-parts.ts'

export { partsOf } from './light-change-set.ts'
export type { ChangeInfo, ChangeParts, ChangeSource, Origin } from './light-change-set.ts'

/** Whether `value` is a change set made by this library. */
export const isChangeSet = isLightChangeSet as (value: unknown) => value is ChangeSet

let makeChangeSet: (parts: ChangeParts) => ChangeSet

/**
 * A frozen value that tells what one edit changed. It holds the ops and, unless it was made from ops alone,
 * the old and the new value of each touched top-level key; everything else is derived when it is asked for.
 * Memory is O(changed).
 *
 * @example
 * import { createStore } from 'cowslip'
 * const store = createStore({ name: 'Ada', tags: ['math'], age: 36 })
 * const change = store.edit(draft => {
 *   draft.name = 'Grace'
 *   draft.tags.push('navy')
 *   delete draft.age
 * })
 * change.touched // ['name', 'tags', 'age']
 * change.changes // { name: 'Grace', tags: ['math', 'navy'] }
 * change.removed // ['age']
 * change.originals // { name: 'Ada', tags: ['math'], age: 36 }
 */
export class ChangeSet extends LightChangeSet {
  static {
    makeChangeSet = parts => new ChangeSet(parts)
  }

  private constructor(parts: ChangeParts) {
    super(parts)
  }

  /**
   * Creates a change set from the JSON that `toJSON` wrote; the result has ops alone. Throws `bad-argument`
   * for anything else.
   */
  static from(json: unknown, options: { leaves?: readonly Leaf[] } = {}): ChangeSet {
    return makeChangeSet(partsFromJSON(json, options.leaves))
  }

  /** Returns the change set that undoes this one. */
  override invert(): ChangeSet {
    return makeChangeSet(invertParts(partsOf(this)))
  }

  /**
   * Composes this change and `next`, which must have been made on its result, into one change set. The
   * result is empty if the two cancel. O(ops). Throws `bad-argument` for a change that cannot follow this
   * one.
   */
  compose(next: ChangeSet): ChangeSet {
    if (!isChangeSet(next)) throw badArgumentError('next', 'a change set', next)
    return makeChangeSet(composeParts(partsOf(this), partsOf(next)))
  }

  /**
   * Returns an equivalent change that applies after `over`; both were made on the same base. Inserts at one
   * place stand behind those of `over`, an edit follows its element, equal writes and removals agree. Where
   * the two clash (edit against removal, write against write or against an edit below, two orders of one
   * array) `resolve` decides which side stands. O(ops). Throws a `ConflictError` with every clash that
   * `resolve` leaves open.
   */
  rebase(over: ChangeSet, options: RebaseOptions = {}): ChangeSet {
    if (!isChangeSet(over)) throw badArgumentError('over', 'a change set', over)
    return makeChangeSet(rebaseParts(partsOf(this), partsOf(over), options))
  }

  /**
   * Whether anything at, above or below `path` changed. Indices are places in the base. Where elements of
   * an array moved, a path below it counts as touched if its element did not keep its place. Throws `bad-
   * argument` for anything that is no path. O(depth).
   */
  touches(path: PathInput): boolean {
    return touchesPath(partsOf(this).op, parsePath(path))
  }

  /**
   * Returns the change as a JSON Patch (RFC 6902). A reorder becomes moves; with `test`, a test of the old
   * value stands before each replace and remove.
   */
  toJSONPatch(options: JSONPatchOptions = {}): readonly JSONPatchOperation[] {
    return Object.freeze(toJSONPatch(this.ops, options).map(operation => Object.freeze(operation)))
  }

  /** Returns ops and metadata as plain JSON. Throws `unsupported-value` for a leaf without `encode`. */
  toJSON(): JSONObject {
    return changeToJSON(this)
  }
}

/** Creates the change set of `op`, which leads from `base` to `next`. */
export function createChangeSet(
  op: ObjectOp,
  base: object,
  next: object,
  leaves: Leaves,
  info: ChangeInfo,
  source: ChangeSource | null = null,
): ChangeSet {
  return makeChangeSet(partsBetween(op, base, next, leaves, info, source))
}
