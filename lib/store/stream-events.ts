// `events()` of stores and documents: all events of a hub as an async iterator.
import { checkKnownOptions, checkSignal } from '../document/messages/check-options.ts'
import type { EventHub } from '../events/event-hub.ts'
import { createEventStream, type EventsOptions } from '../events/event-stream.ts'
import type { DocumentEvent, MissedEvent } from '../events/types.ts'
import { ListenableStore } from './listenable-store.ts'
import { checkEventLimit } from './options.ts'
import type { StoreState } from './store-state.ts'
import type { Listenable } from './store-types.ts'

/** Returns all events of a hub from now on. Throws `bad-argument`. */
export function streamEvents<T, E extends DocumentEvent<T>>(
  hub: EventHub<T>,
  options: EventsOptions,
): AsyncIterableIterator<E | MissedEvent> {
  checkKnownOptions(options, ['signal', 'limit'])
  checkSignal(options.signal)
  checkEventLimit(options.limit)
  const stream = createEventStream<DocumentEvent<T>>(listener => {
    const stops = hub.types.map(type => hub.on(type, listener, 'events()', undefined))
    return () => stops.forEach(stop => stop())
  }, options)
  return stream as AsyncIterableIterator<E | MissedEvent>
}

/** The base class of documents: a state that remembers its ops, listeners, and events as a stream. */
export abstract class StreamingStore<T extends object, E extends DocumentEvent<T>>
  extends ListenableStore<T, E>
  implements Listenable<T, E>
{
  declare protected readonly store: StoreState<T>

  events(options: EventsOptions = {}): AsyncIterableIterator<E | MissedEvent> {
    return streamEvents<T, E>(this.hub, options)
  }
}
