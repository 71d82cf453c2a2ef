import type { ChangeSet } from '../changes/change-set.ts'
import type { DocumentEdit, DocumentEditOptions } from './collection-types.ts'
import type { StoreState } from '../store/store-state.ts'
import { DraftedEdit } from '../store/edits/drafted-edit.ts'
import type { Prepared } from '../store/edits/prepare.ts'

/** `landed` is called when what was prepared is in the state, be it after the promise was rejected. */
type Save = (
  prepare: () => Prepared,
  options: DocumentEditOptions,
  onCommitted: () => void,
) => Promise<ChangeSet | null>

/** See {@link DocumentEdit}. */
export class OpenDocumentEdit<T extends object> extends DraftedEdit<T> implements DocumentEdit<T> {
  private readonly save: Save
  private isCommitted = false

  constructor(store: StoreState<T>, ended: () => void, save: Save) {
    super(store, ended)
    this.save = save
  }

  async commit(options: DocumentEditOptions = {}): Promise<ChangeSet | null> {
    this.assertOpen()
    const { scope } = this
    // What is written while it is under way would be in no commit.
    scope.live = false
    try {
      const onCommitted = (): void => {
        this.isCommitted = true
        this.end()
      }
      return await this.save(() => this.whileLive(() => this.prepare()), options, onCommitted)
    } catch (error) {
      scope.live = !this.isCommitted
      throw error
    }
  }

  private whileLive<R>(act: () => R): R {
    const { scope } = this
    scope.live = !this.isCommitted
    try {
      return act()
    } finally {
      scope.live = false
    }
  }
}
