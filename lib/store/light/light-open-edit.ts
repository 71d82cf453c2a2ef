// The open edit of a store of `cowslip/light`: `store.begin()`.
import type { ChangeSet } from '../../changes/change-set.ts'
import type { StoreScope } from '../../draft/strict/store-scope.ts'
import type { LightState } from '../light-state.ts'
import { checkEditOptions } from '../edits/edit-options.ts'
import type { EditOptions } from '../edits/edit-types.ts'
import { LightEdit } from '../edits/light-edit.ts'
import type { Prepared } from '../edits/prepare.ts'

/** Commits a prepared edit to the store. */
export type CommitPrepared = (prepared: NonNullable<Prepared>, options: EditOptions) => ChangeSet

/** Returns the scope of an open edit of a light store. Throws `ended-edit`; undefined: it is none. */
export let scopeOfEdit: (edit: unknown) => StoreScope | undefined

/** An open edit of a light store. */
export class LightOpenEdit<T extends object> extends LightEdit<T> {
  static {
    scopeOfEdit = edit => {
      if (typeof edit !== 'object' || edit === null || !(#commitPrepared in edit)) return undefined
      const own = edit as unknown as LightOpenEdit<any>
      own.assertOpen()
      return own.scope
    }
  }

  readonly #commitPrepared: CommitPrepared

  constructor(store: LightState<T>, commitPrepared: CommitPrepared) {
    super(store)
    this.#commitPrepared = commitPrepared
  }

  /** The changed top-level keys, sorted. */
  get changed(): readonly string[] {
    return this.changedFieldNames()
  }

  commit(options: EditOptions = {}): ChangeSet | null {
    this.assertOpen()
    checkEditOptions(options)
    this.store.assertNoEditRuns()
    const prepared = this.prepare()
    this.end()
    return prepared && this.#commitPrepared(prepared, options)
  }
}
