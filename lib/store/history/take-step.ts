// Undo and redo of a store: the step is prepared, noted and committed.
import type { ChangeSet } from '../../changes/change-set.ts'
import { checkRebaseOptions, type RebaseOptions } from '../../changes/conflicts.ts'
import type { LightState } from '../light-state.ts'
import type { History } from './history.ts'
import type { StoreHistory } from './history-types.ts'

/** Undoes or redoes a step. Null: there is none, or nothing is left of it. Throws a `ConflictError`. */
export function takeStep(
  store: LightState<any>,
  history: History,
  origin: 'undo' | 'redo',
  options: RebaseOptions,
): ChangeSet | null {
  checkRebaseOptions(options)
  store.assertNoEditRuns()
  const { state, version } = store
  const isUndo = origin === 'undo'
  const prepared = isUndo
    ? history.prepareUndo(state, options)
    : history.prepareRedo(state, options)
  const step = prepared && { op: prepared.op, version: version + 1, at: Date.now() }
  if (step === null && !(isUndo ? history.canUndo : history.canRedo)) return null
  // Before the listeners hear of the change, because they may read the history, or edit.
  if (isUndo) history.noteUndone(step)
  else history.noteRedone(step)
  return prepared && store.commit(prepared.op, prepared.next, { origin })
}

/** Returns what users see of a history. */
export function showHistory(history: History): StoreHistory {
  return Object.freeze({
    past: history.past,
    future: history.future,
    clear: () => history.clear(),
    clearFuture: () => history.clearFuture(),
  })
}
