// The class behind `createStore`. Each method prepares an op and the next snapshot
// (lib/store/edits/prepare.ts), notes it in the history, and commits to the `StoreState`, which tells the
// listeners.
import type { ChangeInfo, ChangeSet } from '../changes/change-set.ts'
import { checkRebaseOptions, type RebaseOptions } from '../changes/conflicts.ts'
import type { Patches } from '../changes/encodings/apply-any-patches.ts'
import { defineView } from '../document/messages/define-view.ts'
import type { Draft, Immutable } from '../document/types.ts'
import { EventHub, STORE_EVENTS } from '../events/event-hub.ts'
import type { StoreEvent } from '../events/types.ts'
import type { StoreState } from './store-state.ts'
import { bindLazily } from './bind-lazily.ts'
import type { Edit, EditOptions } from './edits/edit-types.ts'
import { ListenableStore } from './listenable-store.ts'
import { OpenEdit } from './edits/open-edit.ts'
import type { History } from './history/history.ts'
import type { StoreHistory } from './history/history-types.ts'
import { checkEditOptions, changeInfoOf } from './edits/edit-options.ts'
import {
  prepareChange,
  prepareFields,
  prepareRecipe,
  provenanceOf,
  type Prepared,
} from './edits/prepare.ts'
import type { Store } from './store-types.ts'

/** A store in memory: see {@link Store}. */
export class MemoryStore<T extends object>
  extends ListenableStore<T, StoreEvent<T>>
  implements Store<T>
{
  static {
    defineView(
      'Store',
      this.prototype,
      ({ version, state }) => ({ version, state }),
      ({ state }) => state,
    )
    bindLazily(this.prototype, [
      'edit',
      'patch',
      'begin',
      'apply',
      'undo',
      'redo',
      'subscribe',
      'select',
      'on',
      'events',
    ])
  }

  readonly #history: History

  constructor(store: StoreState<T>, history: History) {
    super(store)
    this.#history = history
  }

  declare toJSON: () => Immutable<T>

  protected makeHub(): EventHub<T> {
    return new EventHub<T>(STORE_EVENTS)
  }

  edit(recipe: (draft: Draft<T>) => unknown, options: EditOptions = {}): ChangeSet | null {
    return this.#save(() => prepareRecipe(this.store, recipe), options)
  }

  patch(
    partial: { readonly [K in keyof T]?: T[K] | undefined },
    options: EditOptions = {},
  ): ChangeSet | null {
    return this.#save(() => prepareFields(this.store, partial), options)
  }

  begin(): Edit<T> {
    return new OpenEdit(this.store, (prepared, options) => this.#commit(prepared, options))
  }

  apply(change: ChangeSet | Patches, options: EditOptions = {}): ChangeSet | null {
    const prepare = (): Prepared => prepareChange(this.store, change)
    return this.#save(prepare, options, () => provenanceOf(this.store, change))
  }

  undo(options: RebaseOptions = {}): ChangeSet | null {
    return this.#step('undo', options)
  }

  redo(options: RebaseOptions = {}): ChangeSet | null {
    return this.#step('redo', options)
  }

  get canUndo(): boolean {
    return this.#history.canUndo
  }

  get canRedo(): boolean {
    return this.#history.canRedo
  }

  get history(): StoreHistory {
    const history = this.#history
    return Object.freeze({
      past: history.past,
      future: history.future,
      clear: () => history.clear(),
      clearFuture: () => history.clearFuture(),
    })
  }

  #step(origin: 'undo' | 'redo', options: RebaseOptions): ChangeSet | null {
    checkRebaseOptions(options)
    this.store.assertNoEditRuns()
    const { state, version } = this.store
    const prepared =
      origin === 'undo'
        ? this.#history.prepareUndo(state, options)
        : this.#history.prepareRedo(state, options)
    const at = Date.now()
    const step = prepared && { op: prepared.op, version: version + 1, at }
    if (step === null && !(origin === 'undo' ? this.canUndo : this.canRedo)) return null
    // Before the listeners hear of the change, because they may read the history, or edit.
    if (origin === 'undo') this.#history.noteUndone(step)
    else this.#history.noteRedone(step)
    return prepared && this.store.commit(prepared.op, prepared.next, { origin })
  }

  #save(prepare: () => Prepared, options: EditOptions, more?: () => ChangeInfo): ChangeSet | null {
    checkEditOptions(options)
    this.store.assertNoEditRuns()
    const prepared = prepare()
    if (prepared === null) return null
    return this.#commit(prepared, options, more?.())
  }

  #commit(
    { op, next }: NonNullable<Prepared>,
    options: EditOptions,
    known: ChangeInfo = {},
  ): ChangeSet {
    const info: ChangeInfo = { ...known, ...changeInfoOf(options) }
    const { label, origin } = info
    // Before the listeners hear of the change, because they may read the history, or edit.
    if (origin === 'remote') this.#history.addForeign(op)
    else {
      const { group } = options
      this.#history.add({ op, version: this.store.version + 1, at: Date.now(), label, group })
    }
    return this.store.commit(op, next, info)
  }
}
