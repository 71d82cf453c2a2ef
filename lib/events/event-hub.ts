// The listeners of one store or document: by path for changes, by type for everything else.
// `ListenableStore` subscribes here, `StoreState.emit` sends events in, `Emitter` delivers them.
import { partsOf } from '../changes/light-change-set.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import type { Path } from '../document/paths/path.ts'
import { Emitter, type Subscription } from './emitter.ts'
import { PathIndex } from './path-index.ts'
import type { DocumentEvent, ErrorEvent, EventOf } from './types.ts'

type EventType = DocumentEvent<unknown>['type']

/** The events of a store in memory. */
export const STORE_EVENTS: readonly EventType[] = ['change', 'rollback', 'error']
/** The events of a document of a collection. */
export const DOCUMENT_EVENTS: readonly EventType[] = [
  ...STORE_EVENTS,
  'confirmed',
  'conflict',
  'rejected',
  'unknown',
  'deleted',
  'history-cleared',
]

/** The listeners of one store or document. */
export class EventHub<T> {
  /**
   * Called with true when the first listener comes, and with false when the last one is gone. Collections
   * keep a document alive meanwhile.
   */
  onListening: ((anyone: boolean) => void) | null = null
  /** Called likewise for those who listen to changes or the end of the document. Collections watch meanwhile. */
  onFollowing: ((anyone: boolean) => void) | null = null
  /** The types of its events. */
  readonly types: readonly EventType[]
  private listeners = 0
  private followers = 0
  private readonly paths = new PathIndex<Subscription<DocumentEvent<T>>>()
  private readonly byType = new Map<EventType, Set<Subscription<DocumentEvent<T>>>>()
  private readonly emitter: Emitter<DocumentEvent<T>>

  constructor(types: readonly EventType[]) {
    this.types = types
    this.emitter = new Emitter<DocumentEvent<T>>(
      event => this.targets(event),
      (error, listener) => this.report(error, listener),
    )
  }

  /**
   * Subscribes to changes at, above or below any of `paths`; the root path hears every change. Returns a
   * function that ends the subscription.
   */
  onPaths(
    paths: readonly Path[],
    listener: (event: EventOf<T, 'change'>) => unknown,
    name: string,
    signal: AbortSignal | undefined,
  ): () => void {
    const subscription = this.createSubscription(listener, name)
    return this.createStop(
      paths.map(path => this.paths.add(path, subscription)),
      subscription,
      signal,
      true,
    )
  }

  /** Subscribes to events of one type. Throws `bad-argument` for a type that no store has. */
  on<K extends EventType>(
    type: K,
    listener: (event: EventOf<T, K>) => unknown,
    name: string,
    signal: AbortSignal | undefined,
  ): () => void {
    if (!this.types.includes(type)) {
      throw badArgumentError('type', `one of ${this.types.join(', ')}`, type)
    }
    const subscription = this.createSubscription(listener, name)
    const follows = type === 'change' || type === 'deleted'
    return this.createStop([this.addToType(type, subscription)], subscription, signal, follows)
  }

  /** Throws `listener-loop`: see {@link Emitter.assertNoLoop}. */
  assertNoLoop(): void {
    this.emitter.assertNoLoop()
  }

  /** Whether anybody listens to changes or the end of the document. */
  get isFollowed(): boolean {
    return this.followers > 0
  }

  emit(...events: readonly DocumentEvent<T>[]): void {
    // Most edits happen where nobody listens.
    if (this.listeners > 0) this.emitter.emit(...events.map(event => Object.freeze(event)))
  }

  private createSubscription<E extends DocumentEvent<T>>(
    listener: (event: E) => unknown,
    name: string,
  ): Subscription<DocumentEvent<T>> {
    // The subscription is stored where only events of its type arrive.
    return this.emitter.createSubscription(name, event => listener(event as E))
  }

  private addToType(type: EventType, subscription: Subscription<DocumentEvent<T>>): () => void {
    const list = this.byType.get(type) ?? new Set()
    this.byType.set(type, list.add(subscription))
    return () => list.delete(subscription)
  }

  private createStop(
    removals: readonly (() => unknown)[],
    subscription: Subscription<DocumentEvent<T>>,
    signal: AbortSignal | undefined,
    follows: boolean,
  ): () => void {
    const stop = (): void => {
      if (!subscription.active) return
      subscription.active = false
      for (const remove of removals) remove()
      signal?.removeEventListener('abort', stop)
      if (--this.listeners === 0) this.onListening?.(false)
      if (follows && --this.followers === 0) this.onFollowing?.(false)
    }
    if (this.listeners++ === 0) this.onListening?.(true)
    if (follows && this.followers++ === 0) this.onFollowing?.(true)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
    return stop
  }

  private targets(event: DocumentEvent<T>): readonly Subscription<DocumentEvent<T>>[] {
    const listed = this.byType.get(event.type) ?? []
    if (event.type !== 'change') return [...listed]
    const matched = this.paths.match(partsOf(event.change).op, event.previous, event.state)
    return [...matched, ...listed]
  }

  /**
   * Reports an error of a listener, or of an edit that nobody awaits: to the listeners of `error`, at once; to the
   * console where there are none, or they fail too.
   */
  report(error: unknown, listener: string): void {
    const event: ErrorEvent = Object.freeze({ type: 'error', error, listener })
    const targets = [...(this.byType.get('error') ?? [])]
    if (targets.length === 0) console.error(error)
    for (const target of targets) this.deliverError(target, event)
  }

  private deliverError(target: Subscription<DocumentEvent<T>>, event: ErrorEvent): void {
    try {
      const result = target.deliver(event)
      Promise.resolve(result).catch(console.error)
    } catch (error) {
      console.error(error)
    }
  }
}
