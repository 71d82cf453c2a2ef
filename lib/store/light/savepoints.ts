// Savepoints, and roll-back of a path, for an open edit of `cowslip/light`.
import { badArgumentError } from '../../document/messages/errors.ts'
import type { PathInput } from '../../document/paths/path.ts'
import type { Savepoint } from '../edits/edit-types.ts'
import { Savepoints } from '../edits/savepoints.ts'
import type { Edit, SavepointEdit } from './light-types.ts'
import { scopeOfEdit } from './light-open-edit.ts'

/**
 * Adds `savepoint()` to an open edit, and lets `rollback` take a path or a savepoint. Returns the edit. Throws `bad-argument`
 * for anything but an edit of a store of `cowslip/light`, and `ended-edit`.
 *
 * @example
 * import { createStore, savepoints } from 'cowslip/light'
 * const edit = savepoints(createStore({ a: 1, b: 1 }).begin())
 * edit.draft.a = 2
 * const point = edit.savepoint()
 * edit.draft.b = 2
 * edit.rollback(point)
 * edit.changed // ['a']
 * edit.rollback('a')
 * edit.isModified() // false
 */
export function savepoints<T extends object>(edit: Edit<T>): SavepointEdit<T> {
  if (scopeOfEdit(edit) === undefined) {
    throw badArgumentError('edit', 'an open edit of a store of `cowslip/light`', edit)
  }
  const own = new Savepoints()
  const discard = edit.rollback.bind(edit)
  const scope = () => scopeOfEdit(edit) as NonNullable<ReturnType<typeof scopeOfEdit>>
  const rollback = (...given: [to?: PathInput | Savepoint]): void => {
    if (given.length === 0) discard()
    else own.rollBack(scope(), given[0])
  }
  return Object.assign(edit, { savepoint: () => own.create(scope()), rollback }) as SavepointEdit<T>
}
