// `createStore` of `cowslip/light`.
import { checkKnownOptions } from '../../document/messages/check-options.ts'
import { ingestEntity } from '../ingest-entity.ts'
import { LightState } from '../light-state.ts'
import { LightStore } from './light-store.ts'
import type { Store, StoreOptions } from './light-types.ts'

/**
 * Creates a store over a copy of an entity: checked, deeply frozen; the caller's object is left alone.
 * O(size), once. Throws as `createStore` of `cowslip` does.
 *
 * @example
 * import { createStore, describe } from 'cowslip/light'
 * const ada = createStore({ name: 'Ada', tags: ['math'] })
 * const change = ada.edit(draft => { draft.tags.push('poet') })
 * change.touched // ['tags']
 * describe(change) // ["tags: + 'poet'"]
 * ada.state // { name: 'Ada', tags: ['math', 'poet'] }
 */
export function createStore<T extends object>(entity: T, options: StoreOptions = {}): Store<T> {
  checkKnownOptions(options, ['leaves', 'keyed', 'atomic'])
  const { state, rules } = ingestEntity(entity, options)
  // The class is typed by the full change sets that `MemoryStore` has; this one makes those of `Store`.
  return new LightStore(new LightState(state, rules)) as unknown as Store<T>
}
