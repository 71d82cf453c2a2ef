// The transactions of one collection: the steps that can be undone, and the listeners that hear of each. A transaction
// over several collections is one step in the log of each of them, and moves in all.
import type { RebaseOptions } from '../../changes/conflicts.ts'
import { Emitter, type Subscription } from '../../events/emitter.ts'
import type { Prepared } from '../../store/edits/prepare.ts'
import type { TransactionEvent } from './history-types.ts'

/** A document as the log needs it. */
export interface LoggedDocument {
  readonly collection: string
  readonly id: unknown
  readonly status: 'new' | 'stored' | 'deleted'
  readonly state: object
  readonly transactionLog: TransactionLog
  findStep(group: object): 'past' | 'future' | null
  prepareReverse(
    kind: 'undo' | 'redo',
    group: object,
    state: object,
    options: RebaseOptions,
  ): Prepared
}

/** The part of one document. */
export interface LoggedPart {
  readonly document: LoggedDocument
  readonly kind: 'insert' | 'update' | 'delete'
  /** Whether the step in the document's own history is needed. */
  readonly needsStep: boolean
  /** The state that the last commit of this step inserted, or deleted. */
  state: object
}

/** One transaction. */
export interface LoggedStep {
  readonly id: string
  readonly label: string | undefined
  readonly at: number
  /** The object that the steps of the documents' own histories are found by. */
  readonly group: object
  readonly parts: readonly LoggedPart[]
}

/** The queue of undo and redo of one storage. */
interface Turns {
  tail: Promise<unknown>
}

const turnsOf = new WeakMap<object, Turns>()

/** The transactions of one collection. */
export class TransactionLog {
  private past: LoggedStep[] = []
  private future: LoggedStep[] = []
  private readonly limit: number
  private readonly turns: Turns
  private readonly listeners = new Set<Subscription<TransactionEvent>>()
  private readonly emitter = new Emitter<TransactionEvent>(
    () => [...this.listeners],
    error => console.error(error),
  )

  /** Creates a log that keeps at most `limit` steps. Those of one storage take turns, because they share steps. */
  constructor(limit: number, storage: object) {
    this.limit = limit
    this.turns = turnsOf.get(storage) ?? { tail: Promise.resolve() }
    turnsOf.set(storage, this.turns)
  }

  /** Returns the steps to undo, the oldest first, or those to redo, the next last. */
  list(side: 'past' | 'future'): readonly LoggedStep[] {
    return (this[side] = this[side].filter(isWhole))
  }

  /** Whether no steps are kept, here and in the histories of the documents. */
  get isOff(): boolean {
    return this.limit === 0
  }

  add(step: LoggedStep): void {
    if (this.limit === 0) return
    this.future = []
    this.past.push(step)
    if (this.past.length > this.limit) this.past.shift()
  }

  /** Moves a step to the other side, if it is here. */
  move(step: LoggedStep, to: 'past' | 'future'): void {
    const from = to === 'past' ? 'future' : 'past'
    if (!this[from].includes(step)) return
    this.drop(step)
    this[to].push(step)
  }

  /** Runs an undo or redo when those before it have ended. */
  inTurn<R>(task: () => Promise<R>): Promise<R> {
    const work = this.turns.tail.then(task)
    this.turns.tail = work.catch(() => {})
    return work
  }

  drop(step: LoggedStep): void {
    this.past = this.past.filter(one => one !== step)
    this.future = this.future.filter(one => one !== step)
  }

  clear(): void {
    this.past = []
    this.future = []
  }

  /** Adds a listener. Returns a function that removes it. */
  listen(listener: (event: TransactionEvent) => unknown, signal?: AbortSignal): () => void {
    const subscription = this.emitter.createSubscription(listener.name, listener)
    this.listeners.add(subscription)
    const stop = (): void => {
      subscription.active = false
      this.listeners.delete(subscription)
      signal?.removeEventListener('abort', stop)
    }
    if (signal?.aborted === true) stop()
    else signal?.addEventListener('abort', stop, { once: true })
    return stop
  }

  emit(event: TransactionEvent): void {
    this.emitter.emit(event)
  }
}

/** Whether a step can be taken: the histories of all its documents still know it. */
const isWhole = ({ parts, group }: LoggedStep): boolean =>
  parts.every(({ needsStep, document }) => !needsStep || document.findStep(group) !== null)

/** Returns the logs in which a step or an event of these documents stands. */
export const logsOf = (
  parts: readonly { readonly document: LoggedDocument }[],
): Set<TransactionLog> => new Set(parts.map(({ document }) => document.transactionLog))
