// `createStore`: checks the options, ingests the entity and creates a `MemoryStore` over it.
import { checkKnownOptions } from '../document/messages/check-options.ts'
import { StoreState } from './store-state.ts'
import { createHistory } from './history/history-options.ts'
import { ingestEntity } from './ingest-entity.ts'
import { MemoryStore } from './memory-store.ts'
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
  const { state, rules } = ingestEntity(entity, options)
  const store = new StoreState(state, rules)
  return new MemoryStore(store, createHistory(options.history, rules.leaves))
}
