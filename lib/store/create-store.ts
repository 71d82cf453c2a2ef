// `createStore`: checks the options, ingests the entity and creates a `MemoryStore` over it.
import { isPlainObject } from '../document/containers.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import { ingest } from '../document/ingest.ts'
import { checkKnownOptions } from '../document/messages/check-options.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import { leavesOf, defaultLeaves } from '../document/leaves/leaves.ts'
import type { Immutable } from '../document/types.ts'
import { acceptLiveDraft } from '../draft/strict/store-scope.ts'
import { StoreState } from './store-state.ts'
import { createHistory } from './history/history-options.ts'
import { MemoryStore } from './memory-store.ts'
import { parseCompareRules } from './options.ts'
import type { Store, StoreOptions } from './store-types.ts'

/**
 * Creates a store over a copy of an entity: checked, deeply frozen; the caller's object is left alone.
 * O(size), once. Throws `bad-argument` for anything but a plain object, and `unsupported-value`, `cycle` or
 * `hole`, with the path, for values that a store cannot hold.
 *
 * @example
 * import { createStore } from 'cowslip'
 * const ada = createStore({ name: 'Ada', tags: ['math'], address: { city: 'London' } })
 * const before = ada.state
 * const change = ada.edit(draft => {
 *   draft.address.city = 'Paris'
 *   draft.tags.push('poet')
 * })
 * change.touched // ['address', 'tags']
 * ada.state.address // { city: 'Paris' }
 * before.address // { city: 'London' }
 * ada.version // 1
 */
export function createStore<T extends object>(entity: T, options: StoreOptions = {}): Store<T> {
  checkKnownOptions(options, ['leaves', 'history', 'keyed', 'atomic'])
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
  const store = new StoreState(state as Immutable<T>, rules)
  return new MemoryStore(store, createHistory(options.history, leaves))
}

function isRoot(entity: unknown, leaves: Leaves): entity is object {
  if (typeof entity !== 'object' || entity === null || Array.isArray(entity)) return false
  return isPlainObject(entity) && leaves.find(entity) === null
}
