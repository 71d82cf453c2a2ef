// The part that stores in memory and documents of collections share: a state, and subscriptions to it. The
// hub of listeners is created at the first subscription, because most stores have none.
import { badArgumentError } from '../document/messages/errors.ts'
import {
  checkKnownOptions,
  checkFunction,
  checkSignal,
} from '../document/messages/check-options.ts'
import { parsePath } from '../document/paths/parse-path.ts'
import type { Path } from '../document/paths/path.ts'
import type { ChangeSet } from '../changes/change-set.ts'
import type { Immutable } from '../document/types.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { DocumentEvent, EventOf } from '../events/types.ts'
import type { LightState } from './light-state.ts'
import type { ChangeListener, Listenable, SelectOptions, SubscribeOptions } from './store-types.ts'

/** The base class of stores and documents: a state, a version, and listeners. */
export abstract class ListenableStore<T extends object, E extends DocumentEvent<T>> implements Omit<
  Listenable<T, E>,
  'events'
> {
  protected readonly store: LightState<T>

  constructor(store: LightState<T>) {
    this.store = store
  }

  /** Creates the hub of listeners for the events that this kind of store has. */
  protected abstract makeHub(): EventHub<T>

  protected get hub(): EventHub<T> {
    return (this.store.hub ??= this.makeHub())
  }

  get state(): Immutable<T> {
    return this.store.state
  }

  get version(): number {
    return this.store.version
  }

  subscribe(listener: ChangeListener<T>, options: SubscribeOptions<T> = {}): () => void {
    checkFunction('listener', listener)
    checkKnownOptions(options, ['fields', 'path', 'signal'])
    checkSignal(options.signal)
    return this.hub.onPaths(
      pathsOf(options),
      ({ change, state, previous }) => listener(change, { state, previous }),
      nameOf(listener),
      options.signal,
    )
  }

  select<V>(
    selector: (state: Immutable<T>) => V,
    listener: (value: V, previous: V, change: ChangeSet) => unknown,
    options: SelectOptions<V> = {},
  ): () => void {
    checkFunction('selector', selector)
    checkFunction('listener', listener)
    checkKnownOptions(options, ['equals', 'signal'])
    checkSignal(options.signal)
    const { equals = Object.is } = options
    checkFunction('equals', equals)
    let selected = selector(this.state)
    const hear = ({ change, state }: EventOf<T, 'change'>): unknown => {
      const previous = selected
      const value = selector(state)
      if (equals(previous, value)) return
      selected = value
      return listener(value, previous, change)
    }
    return this.hub.on('change', hear, nameOf(listener), options.signal)
  }

  on<K extends E['type']>(
    type: K,
    listener: (event: EventOf<T, K>) => unknown,
    options: { readonly signal?: AbortSignal } = {},
  ): () => void {
    checkFunction('listener', listener)
    checkKnownOptions(options, ['signal'])
    checkSignal(options.signal)
    return this.hub.on(type, listener, nameOf(listener), options.signal)
  }
}

function pathsOf<T>({ fields, path }: SubscribeOptions<T>): readonly Path[] {
  const paths: Path[] = path === undefined ? [] : [parsePath(path)]
  if (fields === undefined) return paths.length === 0 ? [[]] : paths
  if (!Array.isArray(fields) || !fields.every(field => typeof field === 'string')) {
    throw badArgumentError('fields', 'a list of top-level keys', fields)
  }
  return [...paths, ...fields.map(field => [field])]
}

const nameOf = (listener: { name: string }): string => listener.name || 'an unnamed listener'
