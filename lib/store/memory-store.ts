import { apply } from '../changes/apply.ts'
import { isChangeSet, partsOf, type ChangeInfo, type ChangeSet } from '../changes/change-set.ts'
import type { Patch } from '../changes/immer-patches.ts'
import type { ObjectOp } from '../changes/ops.ts'
import { badArgument } from '../document/errors.ts'
import { showBy } from '../document/inspect.ts'
import type { Draft } from '../document/types.ts'
import type { DraftScope } from '../draft/draft.ts'
import type { StoreEvent } from '../events/types.ts'
import { applyPatches } from './apply-patches.ts'
import { bindLazily } from './bind-lazily.ts'
import type { Edit, EditOptions } from './edit-types.ts'
import { Listening } from './listening.ts'
import { OpenEdit } from './open-edit.ts'
import { checkEditOptions, checkFunction } from './options.ts'
import { patchFields } from './patch-fields.ts'
import { runRecipe } from './run-recipe.ts'
import type { Store } from './store-types.ts'
import { takeChange } from './take-change.ts'

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
    checkFunction('recipe', recipe)
    return this.#draft(scope => runRecipe(scope, recipe), options)
  }

  patch(
    partial: { readonly [K in keyof T]?: T[K] | undefined },
    options: EditOptions = {},
  ): ChangeSet | null {
    checkEditOptions(options)
    this.core.assertFree()
    return this.#apply(patchFields(this.state, partial, this.core.intake), options)
  }

  begin(): Edit<T> {
    return new OpenEdit(this.core)
  }

  apply(change: ChangeSet | readonly Patch[], options: EditOptions = {}): ChangeSet | null {
    checkEditOptions(options)
    if (Array.isArray(change)) {
      const patches = change as readonly Patch[]
      const run = (scope: DraftScope): void => applyPatches(scope.root.proxy, patches)
      return this.#draft(run, { ...options, origin: 'remote' })
    }
    if (!isChangeSet(change)) {
      throw badArgument('change', 'a change set, or a list of patches', change)
    }
    this.core.assertFree()
    const op = takeChange(this.core, change)
    return this.#apply(op, { ...this.#provenance(change), ...options })
  }

  /** One edit through a draft. */
  #draft(run: (scope: DraftScope) => void, info: ChangeInfo): ChangeSet | null {
    checkEditOptions(info)
    const core = this.core
    core.assertFree()
    const { op, value } = core.draft(run)
    return op === null ? null : core.commit(op as ObjectOp, value, info)
  }

  #apply(op: ObjectOp, info: ChangeInfo): ChangeSet | null {
    if (op.keys.size === 0) return null
    return this.core.commit(op, apply(this.state, op) as object, info)
  }

  /** What a change from elsewhere keeps: what it is called, and that it came from there. */
  #provenance(change: ChangeSet): ChangeInfo {
    const { info, source } = partsOf(change)
    const { label, meta } = info
    const known = { ...(label !== undefined && { label }), ...(meta !== undefined && { meta }) }
    if (source === this.core.token) return known
    return { ...known, id: change.id, origin: 'remote' }
  }
}
