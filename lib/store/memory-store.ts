import type { ChangeInfo, ChangeSet } from '../changes/change-set.ts'
import type { Patch } from '../changes/immer-patches.ts'
import { showBy } from '../document/inspect.ts'
import type { Draft } from '../document/types.ts'
import type { StoreEvent } from '../events/types.ts'
import { bindLazily } from './bind-lazily.ts'
import type { Edit, EditOptions } from './edit-types.ts'
import { Listening } from './listening.ts'
import { OpenEdit } from './open-edit.ts'
import { checkEditOptions } from './options.ts'
import {
  prepareChange,
  prepareFields,
  prepareRecipe,
  provenance,
  type Prepared,
} from './prepare.ts'
import type { Store } from './store-types.ts'

/** See {@link Store}. */
export class MemoryStore<T extends object> extends Listening<T, StoreEvent<T>> implements Store<T> {
  static {
    showBy('Store', this.prototype, ({ version, state }) => ({ version, state }))
    bindLazily(this.prototype, [
      'edit',
      'patch',
      'begin',
      'apply',
      'subscribe',
      'select',
      'on',
      'events',
    ])
  }

  edit(recipe: (draft: Draft<T>) => unknown, options: EditOptions = {}): ChangeSet | null {
    return this.#save(() => prepareRecipe(this.core, recipe), options)
  }

  patch(
    partial: { readonly [K in keyof T]?: T[K] | undefined },
    options: EditOptions = {},
  ): ChangeSet | null {
    return this.#save(() => prepareFields(this.core, partial), options)
  }

  begin(): Edit<T> {
    return new OpenEdit(this.core)
  }

  apply(change: ChangeSet | readonly Patch[], options: EditOptions = {}): ChangeSet | null {
    const prepare = (): Prepared => prepareChange(this.core, change)
    return this.#save(prepare, options, () => provenance(this.core, change))
  }

  #save(prepare: () => Prepared, options: EditOptions, more?: () => ChangeInfo): ChangeSet | null {
    checkEditOptions(options)
    this.core.assertFree()
    const prepared = prepare()
    if (prepared === null) return null
    const info = more === undefined ? options : { ...more(), ...options }
    return this.core.commit(prepared.op, prepared.next, info)
  }
}
