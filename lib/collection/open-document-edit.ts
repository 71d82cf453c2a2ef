// The open edit of a document: `document.begin()`. Unlike in a store, its commit takes time; meanwhile the
// drafts cannot be used, and after a rejection the edit is open as before.
import type { ChangeSet } from '../changes/change-set.ts'
import type { RebaseOptions } from '../changes/conflicts.ts'
import type { DocumentEdit, DocumentEditOptions } from './collection-types.ts'
import type { StoreState } from '../store/store-state.ts'
import { DraftedEdit } from '../store/edits/drafted-edit.ts'
import { remakeByRebase, type EditMaker, type PendingEdit } from './queued-document.ts'

/**
 * Saves a prepared edit. `onCommitted` is called when it is part of the state, even if the promise was
 * rejected before.
 */
type Save = (
  maker: EditMaker,
  options: DocumentEditOptions,
  more: Pick<PendingEdit, 'onCommitted' | 'isRepeated'>,
) => Promise<ChangeSet | null>

/** An open edit of a document: see {@link DocumentEdit}. */
export class OpenDocumentEdit<T extends object> extends DraftedEdit<T> implements DocumentEdit<T> {
  private readonly save: Save
  private isCommitted = false
  /** Whether a commit was begun before; it may still be under way. */
  private isRepeated = false

  constructor(store: StoreState<T>, ended: () => void, rebaseOptions: RebaseOptions, save: Save) {
    super(store, ended, rebaseOptions)
    this.save = save
  }

  async commit(options: DocumentEditOptions = {}): Promise<ChangeSet | null> {
    this.assertOpen()
    const { scope } = this
    // A write to a draft during the commit would be in no commit.
    scope.live = false
    try {
      const onCommitted = (): void => {
        this.isCommitted = true
        this.end()
      }
      const make: EditMaker['make'] = (head, ahead) =>
        this.whileLive(() => this.prepare(head, ahead()))
      const rebase = remakeByRebase(this.store.rules, () => this.rebaseOptions)
      const remake: EditMaker['remake'] = (...args) =>
        this.whileLive(() => {
          // An earlier commit, whose outcome was unknown, may prove to be applied.
          this.assertOpen()
          return rebase(...args)
        })
      const { isRepeated } = this
      this.isRepeated = true
      return await this.save({ make, remake }, options, { onCommitted, isRepeated })
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
