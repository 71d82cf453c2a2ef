// Takes the entity of a store in: both `createStore`s begin here.
import { isPlainObject } from '../document/containers.ts'
import { ingest } from '../document/ingest.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import { defaultLeaves, leavesOf } from '../document/leaves/leaves.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import type { Immutable } from '../document/types.ts'
import { acceptLiveDraft, type StoreRules } from '../draft/strict/store-scope.ts'
import { parseCompareRules } from './options.ts'
import type { EntityOptions } from './store-types.ts'

/** Returns the snapshot of an entity, and the rules of its store. Throws as `createStore` does. */
export function ingestEntity<T extends object>(
  entity: T,
  options: EntityOptions,
): { state: Immutable<T>; rules: StoreRules } {
  const leaves = options.leaves === undefined ? defaultLeaves : leavesOf(options.leaves)
  if (!isRoot(entity, leaves)) {
    throw badArgumentError(
      'entity',
      'a plain object (put anything else in one, `{ value }`)',
      entity,
    )
  }
  const rules = { leaves, inMemory: true, ...parseCompareRules(options) }
  const state = ingest(entity, { ...rules, finishDraft: acceptLiveDraft }, () => [])
  return { state: state as Immutable<T>, rules }
}

function isRoot(entity: unknown, leaves: Leaves): entity is object {
  if (typeof entity !== 'object' || entity === null || Array.isArray(entity)) return false
  return isPlainObject(entity) && leaves.find(entity) === null
}
