import type { ChangeSet } from '../changes/change-set.ts'
import { DraftedEdit } from './drafted-edit.ts'
import type { Edit, EditOptions } from './edit-types.ts'
import { checkEditOptions } from './options.ts'

/** See {@link Edit}. */
export class OpenEdit<T extends object> extends DraftedEdit<T> implements Edit<T> {
  commit(options: EditOptions = {}): ChangeSet | null {
    this.assertOpen()
    checkEditOptions(options)
    this.core.assertFree()
    const prepared = this.prepare()
    this.end()
    return prepared && this.core.commit(prepared.op, prepared.next, options)
  }
}
