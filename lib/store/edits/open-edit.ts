// The open edit of a store in memory: `store.begin()`.
import type { ChangeSet } from '../../changes/change-set.ts'
import type { StoreState } from '../store-state.ts'
import { DraftedEdit } from './drafted-edit.ts'
import type { Edit, EditOptions } from './edit-types.ts'
import { checkEditOptions } from './edit-options.ts'
import type { Prepared } from './prepare.ts'

/** Commits a prepared edit to the store. */
type Commit = (prepared: NonNullable<Prepared>, options: EditOptions) => ChangeSet

/** An open edit of a store in memory: see {@link Edit}. */
export class OpenEdit<T extends object> extends DraftedEdit<T> implements Edit<T> {
  private readonly commitPrepared: Commit

  constructor(store: StoreState<T>, land: Commit) {
    super(store)
    this.commitPrepared = land
  }

  commit(options: EditOptions = {}): ChangeSet | null {
    this.assertOpen()
    checkEditOptions(options)
    this.store.assertNoEditRuns()
    const prepared = this.prepare()
    this.end()
    return prepared && this.commitPrepared(prepared, options)
  }
}
