// The open edit of a store of `cowslip/light`: `store.begin()`.
import type { ChangeSet } from '../../changes/change-set.ts'
import type { StoreScope } from '../../draft/strict/store-scope.ts'
import type { LightState } from '../light-state.ts'
import type { EditOptions } from '../edits/edit-types.ts'
import { LightEdit, type CommitPrepared } from '../edits/light-edit.ts'

/** Returns the scope of an open edit of a light store. Throws `ended-edit`; undefined: it is none. */
export let scopeOfEdit: (edit: unknown) => StoreScope | undefined

/** An open edit of a light store. */
export class LightOpenEdit<T extends object> extends LightEdit<T> {
  static {
    scopeOfEdit = edit => {
      if (typeof edit !== 'object' || edit === null || !(#commitPrepared in edit)) return undefined
      edit.assertOpen()
      return edit.scope
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
    return this.commitBy(this.#commitPrepared, options)
  }
}
