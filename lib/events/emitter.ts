// Delivers events to listeners, one event after another. `EventHub` owns one. The rule that makes it safe:
// an event that a listener causes waits until all listeners have heard the one before, so everybody hears
// the same order.
import { CowslipError } from '../document/messages/errors.ts'

/** One listener for events of type `E`. */
export interface Subscription<E> {
  /** The name of the user's function, for error texts. */
  readonly name: string
  readonly deliver: (event: E) => unknown
  /** The number of the first event that it hears. */
  readonly since: number
  /** Its place in the order in which listeners were added. */
  readonly order: number
  active: boolean
}

interface Queued<E> {
  readonly event: E
  readonly number: number
  readonly depth: number
}

/** The number of edits that may follow one another, each by a listener that heard the one before. */
const MAX_LOOP_DEPTH = 100

/**
 * Delivers events one after another, each to all its listeners before the next. An event emitted by a
 * listener waits. A listener that throws or rejects is reported, and the others hear the event. A listener
 * added during a delivery hears later events only; a removed one hears nothing more.
 */
export class Emitter<E> {
  private readonly targets: (event: E) => readonly Subscription<E>[]
  private readonly report: (error: unknown, listener: string) => void
  private readonly queue: Queued<E>[] = []
  private delivering = false
  /** The number of edits that led to the event under delivery. */
  private depth = 0
  /** The name of the listener that is being called. */
  private listener = ''
  private emitted = 0
  private added = 0

  /**
   * Creates an emitter. `targets` returns the listeners of an event; `report` is called with what they
   * throw and must not throw.
   */
  constructor(
    targets: (event: E) => readonly Subscription<E>[],
    report: (error: unknown, listener: string) => void,
  ) {
    this.targets = targets
    this.report = report
  }

  /** Creates a subscription, to be put where `targets` finds it. */
  createSubscription(name: string, deliver: (event: E) => unknown): Subscription<E> {
    return { name, deliver, since: this.emitted, order: this.added++, active: true }
  }

  /** Throws `listener-loop` if listeners edit in an endless round. */
  assertNoLoop(): void {
    if (!this.delivering || this.depth < MAX_LOOP_DEPTH) return
    throw new CowslipError(
      'listener-loop',
      `Expected listeners to come to rest. Received ${MAX_LOOP_DEPTH} edits, each by a listener that ` +
        `heard the one before, the last by "${this.listener}". Edit only if something differs.`,
      { listener: this.listener, limit: MAX_LOOP_DEPTH },
    )
  }

  /** Delivers events, now or after those before them. What their listeners cause comes after the last. */
  emit(...events: readonly E[]): void {
    const depth = this.delivering ? this.depth + 1 : 0
    for (const event of events) this.queue.push({ event, number: this.emitted++, depth })
    if (this.delivering) return
    this.delivering = true
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      this.depth = next.depth
      this.deliver(next.event, next.number)
    }
    this.delivering = false
  }

  private deliver(event: E, number: number): void {
    const targets = [...this.targets(event)].sort((a, b) => a.order - b.order)
    for (const target of targets) {
      if (!target.active || target.since > number) continue
      const { name } = target
      this.listener = name
      try {
        const result = target.deliver(event)
        if (isThenable(result)) result.then(undefined, error => this.report(error, name))
      } catch (error) {
        this.report(error, name)
      }
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
