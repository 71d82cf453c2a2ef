import type { ChangeSet } from '../changes/change-set.ts'
import type { DocumentEdit, DocumentEditOptions } from './collection-types.ts'
import type { Core } from './core.ts'
import { DraftedEdit } from './drafted-edit.ts'
import type { Prepared } from './prepare.ts'

type Save = (prepare: () => Prepared, options: DocumentEditOptions) => Promise<ChangeSet | null>

/** See {@link DocumentEdit}. */
export class HeldDocument<T extends object> extends DraftedEdit<T> implements DocumentEdit<T> {
  private readonly save: Save

  constructor(core: Core<T>, ended: () => void, save: Save) {
    super(core, ended)
    this.save = save
  }

  async commit(options: DocumentEditOptions = {}): Promise<ChangeSet | null> {
    this.assertOpen()
    const { scope } = this
    // What is written while it is under way would be in no commit.
    scope.live = false
    try {
      const change = await this.save(() => this.whileLive(() => this.prepare()), options)
      this.end()
      return change
    } catch (error) {
      scope.live = true
      throw error
    }
  }

  private whileLive<R>(act: () => R): R {
    const { scope } = this
    scope.live = true
    try {
      return act()
    } finally {
      scope.live = false
    }
  }
}
