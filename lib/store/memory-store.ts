// The class behind `createStore` of `cowslip`: a light store, with history, changes from elsewhere, and events as a stream.
import type { ChangeSet } from '../changes/change-set.ts'
import type { RebaseOptions } from '../changes/conflicts.ts'
import type { Patches } from '../changes/encodings/apply-any-patches.ts'
import type { EventsOptions } from '../events/event-stream.ts'
import type { MissedEvent, StoreEvent } from '../events/types.ts'
import { bindLazily } from './bind-lazily.ts'
import type { EditOptions } from './edits/edit-types.ts'
import { OpenEdit } from './edits/open-edit.ts'
import type { Prepared } from './edits/prepare.ts'
import { prepareChange, provenanceOf } from './edits/prepare-change.ts'
import type { History } from './history/history.ts'
import type { StoreHistory } from './history/history-types.ts'
import { showHistory, takeStep } from './history/take-step.ts'
import { LightStore } from './light/light-store.ts'
import type { StoreState } from './store-state.ts'
import type { Store } from './store-types.ts'
import { streamEvents } from './stream-events.ts'

/** A store in memory: see {@link Store}. */
export class MemoryStore<T extends object> extends LightStore<T> implements Store<T> {
  static {
    bindLazily(this.prototype, ['begin', 'apply', 'undo', 'redo', 'events'])
  }

  declare protected readonly store: StoreState<T>
  readonly #history: History

  constructor(store: StoreState<T>, history: History) {
    super(store, history)
    this.#history = history
  }

  override begin(): OpenEdit<T> {
    return new OpenEdit(this.store, (prepared, options) => this.commit(prepared, options))
  }

  apply(change: ChangeSet | Patches, options: EditOptions = {}): ChangeSet | null {
    const prepare = (): Prepared => prepareChange(this.store, change)
    return this.save(prepare, options, () => provenanceOf(this.store, change))
  }

  undo(options: RebaseOptions = {}): ChangeSet | null {
    return takeStep(this.store, this.#history, 'undo', options)
  }

  redo(options: RebaseOptions = {}): ChangeSet | null {
    return takeStep(this.store, this.#history, 'redo', options)
  }

  get canUndo(): boolean {
    return this.#history.canUndo
  }

  get canRedo(): boolean {
    return this.#history.canRedo
  }

  get history(): StoreHistory {
    return showHistory(this.#history)
  }

  events(options: EventsOptions = {}): AsyncIterableIterator<StoreEvent<T> | MissedEvent> {
    return streamEvents(this.hub, options)
  }
}
