import { CowslipError } from '../document/messages/errors.ts'

/** Someone who listens to events of type `E`. */
export interface Subscription<E> {
  /** The name of the user's function, for errors. */
  readonly name: string
  readonly deliver: (event: E) => unknown
  /** The number of the first event it hears. */
  readonly since: number
  /** Among those who hear one event, the order in which they were added. */
  readonly order: number
  active: boolean
}

interface Queued<E> {
  readonly event: E
  readonly number: number
  readonly depth: number
}

/** How many edits may follow one another, each by a listener that heard the one before. */
const MAX_LOOP_DEPTH = 100

/**
 * Delivers events one after another, each to all its listeners before the next; an event emitted by
 * a listener waits its turn. A listener that throws or rejects is reported and starves nobody.
 * Listeners added during delivery hear what is emitted after that; removed ones hear nothing more.
 */
export class Emitter<E> {
  private readonly targets: (event: E) => readonly Subscription<E>[]
  private readonly report: (error: unknown, listener: string) => void
  private readonly queue: Queued<E>[] = []
  private delivering = false
  /** Of the event under delivery. */
  private depth = 0
  /** Who hears it right now. */
  private listener = ''
  private emitted = 0
  private added = 0

  /** `targets` finds who wants an event; `report` is told what they throw, and must not throw. */
  constructor(
    targets: (event: E) => readonly Subscription<E>[],
    report: (error: unknown, listener: string) => void,
  ) {
    this.targets = targets
    this.report = report
  }

  /** A subscription to put where `targets` finds it. */
  createSubscription(name: string, deliver: (event: E) => unknown): Subscription<E> {
    return { name, deliver, since: this.emitted, order: this.added++, active: true }
  }

  /** Refuses an edit by a listener in an endless round. Throws `listener-loop`. */
  assertNoLoop(): void {
    if (!this.delivering || this.depth < MAX_LOOP_DEPTH) return
    throw new CowslipError(
      'listener-loop',
      `Expected listeners to come to rest. Received ${MAX_LOOP_DEPTH} edits, each by a listener that ` +
        `heard the one before, the last by "${this.listener}". Edit only if something differs.`,
      { listener: this.listener, limit: MAX_LOOP_DEPTH },
    )
  }

  /** Delivers `event`, now or when those before it are delivered. */
  emit(event: E): void {
    const depth = this.delivering ? this.depth + 1 : 0
    this.queue.push({ event, number: this.emitted++, depth })
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
