// The open edit of a document: `document.begin()`. Unlike in a store, its commit takes time; meanwhile the
// drafts cannot be used, and after a rejection the edit is open as before.
import type { ChangeSet } from '../../changes/change-set.ts'
import type { RebaseOptions } from '../../changes/conflicts.ts'
import type { DocumentEdit } from '../collection-types.ts'
import type { DocumentEditOptions } from '../call-types.ts'
import type { StoreState } from '../../store/store-state.ts'
import { DraftedEdit } from '../../store/edits/drafted-edit.ts'
import type { EditMaker, PendingEdit } from './pending-edit.ts'

/** The document of an open edit. */
interface EditedDocument {
  /** Saves a prepared edit. */
  save(
    maker: EditMaker,
    options: DocumentEditOptions,
    more: Pick<PendingEdit, 'onCommitted' | 'isAfterAll'>,
  ): Promise<ChangeSet | null>
  /** Reports a rejection of `work` that nobody awaits, if the edit is optimistic. */
  report<R>(work: Promise<R>, options: DocumentEditOptions): Promise<R>
}

/** An open edit of a document: see {@link DocumentEdit}. */
export class OpenDocumentEdit<T extends object> extends DraftedEdit<T> implements DocumentEdit<T> {
  private readonly document: EditedDocument
  private isCommitted = false
  /** Whether a commit was begun before; it may still be under way. */
  private isRepeated = false

  constructor(
    store: StoreState<T>,
    ended: () => void,
    rebaseOptions: RebaseOptions,
    document: EditedDocument,
  ) {
    super(store, ended, rebaseOptions)
    this.document = document
  }

  commit(options: DocumentEditOptions = {}): Promise<ChangeSet | null> {
    return this.document.report(this.tryCommit(options), options)
  }

  private async tryCommit(options: DocumentEditOptions): Promise<ChangeSet | null> {
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
      const remake: EditMaker['remake'] = base =>
        this.whileLive(() => {
          // An earlier commit, whose outcome was unknown, may prove to be applied.
          this.assertOpen()
          return this.prepareAgain(base)
        })
      const { isRepeated } = this
      this.isRepeated = true
      return await this.document.save({ make, remake }, options, {
        onCommitted,
        isAfterAll: () => isRepeated,
      })
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
