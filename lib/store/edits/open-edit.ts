// The open edit of a store in memory: `store.begin()`.
import type { ChangeSet } from '../../changes/change-set.ts'
import type { StoreState } from '../store-state.ts'
import { DraftedEdit } from './drafted-edit.ts'
import type { Edit, EditOptions } from './edit-types.ts'
import type { CommitPrepared } from './light-edit.ts'

/** An open edit of a store in memory: see {@link Edit}. */
export class OpenEdit<T extends object> extends DraftedEdit<T> implements Edit<T> {
  private readonly commitPrepared: CommitPrepared

  constructor(store: StoreState<T>, commitPrepared: CommitPrepared) {
    super(store)
    this.commitPrepared = commitPrepared
  }

  commit(options: EditOptions = {}): ChangeSet | null {
    return this.commitBy(this.commitPrepared, options)
  }
}
