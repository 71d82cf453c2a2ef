// Undo and redo for a store of `cowslip/light`.
import type { RebaseOptions } from '../../changes/conflicts.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import { createHistory } from '../history/history-options.ts'
import type { HistoryOptions } from '../history/history-types.ts'
import { showHistory, takeStep } from '../history/take-step.ts'
import { storePartsOf } from './light-store.ts'
import type { HistoryStore, Store } from './light-types.ts'

/**
 * Adds `undo`, `redo`, `canUndo`, `canRedo` and `history` to a store, and returns it: from now on its edits are kept, the last
 * 100 by default. They do what they do for a store of `cowslip`. Throws `bad-argument` for anything but a store that has no
 * history.
 *
 * @example
 * import { createStore, withHistory } from 'cowslip/light'
 * const store = withHistory(createStore({ n: 1 }))
 * store.edit(draft => { draft.n = 2 })
 * store.undo()
 * store.state // { n: 1 }
 * store.canRedo // true
 */
export function withHistory<T extends object>(
  store: Store<T>,
  options?: HistoryOptions,
): HistoryStore<T> {
  const parts = storePartsOf(store)
  if (parts === null || parts.history !== null) {
    throw badArgumentError('store', 'a store of `cowslip/light` that has no history', store)
  }
  const { state } = parts
  const history = createHistory(options, state.rules.leaves)
  parts.keep(history)
  const step = (origin: 'undo' | 'redo') => ({
    value: (given: RebaseOptions = {}) => takeStep(state, history, origin, given),
  })
  Object.defineProperties(store, {
    undo: step('undo'),
    redo: step('redo'),
    canUndo: { get: () => history.canUndo },
    canRedo: { get: () => history.canRedo },
    history: { get: () => showHistory(history) },
  })
  return store as HistoryStore<T>
}
