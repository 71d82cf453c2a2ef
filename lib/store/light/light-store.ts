// Stores in memory as `cowslip/light` has them. Each method prepares an op and the next snapshot
// (lib/store/edits/prepare.ts), notes it in the history, if there is one, and commits to the state, which tells the
// listeners. `MemoryStore` extends it for `cowslip`.
import type { ChangeInfo, ChangeSet } from '../../changes/change-set.ts'
import { defineView } from '../../document/messages/define-view.ts'
import type { Draft, Immutable } from '../../document/types.ts'
import { EventHub, STORE_EVENTS } from '../../events/event-hub.ts'
import type { StoreEvent } from '../../events/types.ts'
import { bindLazily } from '../bind-lazily.ts'
import { changeInfoOf, checkEditOptions } from '../edits/edit-options.ts'
import type { EditOptions } from '../edits/edit-types.ts'
import type { LightEdit } from '../edits/light-edit.ts'
import { LightOpenEdit } from './light-open-edit.ts'
import { prepareFields, prepareRecipe, type Prepared } from '../edits/prepare.ts'
import type { History } from '../history/history.ts'
import type { LightState } from '../light-state.ts'
import { ListenableStore } from '../listenable-store.ts'

/** The parts of a store that functions beside it need. */
export interface StoreParts {
  readonly state: LightState<any>
  readonly history: History | null
  /** Sets the history, which hears of each commit from now on. */
  keep(history: History): void
  /** Prepares a change in its turn, and commits it. */
  save(prepare: () => Prepared, options: EditOptions, known?: ChangeInfo): ChangeSet | null
}

/** Returns the parts of a store; null for anything else. */
export let storePartsOf: (store: unknown) => StoreParts | null

/** A store in memory: state, edits and subscriptions. */
export class LightStore<T extends object> extends ListenableStore<T, StoreEvent<T>> {
  static {
    defineView(
      'Store',
      this.prototype,
      ({ version, state }) => ({ version, state }),
      ({ state }) => state,
    )
    bindLazily(this.prototype, ['edit', 'patch', 'begin', 'subscribe', 'select', 'on'])
    storePartsOf = store => {
      if (typeof store !== 'object' || store === null || !(#history in store)) return null
      return {
        state: store.store,
        history: store.#history,
        keep: history => (store.#history = history),
        save: (prepare, options, known) => store.save(prepare, options, known && (() => known)),
      }
    }
  }

  #history: History | null

  constructor(store: LightState<T>, history: History | null = null) {
    super(store)
    this.#history = history
  }

  declare toJSON: () => Immutable<T>

  protected makeHub(): EventHub<T> {
    return new EventHub<T>(STORE_EVENTS)
  }

  edit(recipe: (draft: Draft<T>) => unknown, options: EditOptions = {}): ChangeSet | null {
    return this.save(() => prepareRecipe(this.store, recipe), options)
  }

  patch(
    partial: { readonly [K in keyof T]?: T[K] | undefined },
    options: EditOptions = {},
  ): ChangeSet | null {
    return this.save(() => prepareFields(this.store, partial), options)
  }

  begin(): LightEdit<T> {
    return new LightOpenEdit(this.store, (prepared, options) => this.commit(prepared, options))
  }

  protected save(
    prepare: () => Prepared,
    options: EditOptions,
    more?: () => ChangeInfo,
  ): ChangeSet | null {
    checkEditOptions(options)
    this.store.assertNoEditRuns()
    const prepared = prepare()
    if (prepared === null) return null
    return this.commit(prepared, options, more?.())
  }

  protected commit(
    { op, next }: NonNullable<Prepared>,
    options: EditOptions,
    known: ChangeInfo = {},
  ): ChangeSet {
    const info: ChangeInfo = { ...known, ...changeInfoOf(options) }
    const { label, origin } = info
    // Before the listeners hear of the change, because they may read the history, or edit.
    if (origin === 'remote') this.#history?.addForeign(op)
    else {
      const { group } = options
      this.#history?.add({ op, version: this.store.version + 1, at: Date.now(), label, group })
    }
    return this.store.commit(op, next, info)
  }
}
