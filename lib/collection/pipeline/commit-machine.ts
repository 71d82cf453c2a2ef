// The commit state machine of one document: which edits wait, what is sent next, and what an answer means for each of
// them. It is pure: it has no timers and does no I/O, so every order of events can be tried in a spec. QueuedDocument
// asks it for the next update when it has its turn at the adapter, and reports what came of it.
//
//                 next: all that waits, as one update
//         ┌──────────────────────────────────────────────> sending
//         │                                                  │
//        idle <── committed: its layers are stored ──────────┤
//         ^ ^ ^── rejected: the only layer fails;            │
//         │ │       of several, half are sent next ──────────┤
//         │ └──── missing: every layer fails ────────────────┤
//         │                                                  │
//         ├──── loaded: layers are replayed <── loading <────┤ conflict
//         └──── settled: layers are replayed <─ unsettled <──┘ unknown: its layers fail, nothing is sent
//
// A layer is one edit: an op, the snapshot it leads to, and a way to make it again on another state. The head is the
// snapshot of the last layer; the shown state is that of the last layer that the document shows before it is stored. Replay makes each layer again on what changed below it; a layer that fails then fails
// alone, and later ones go on.
import { composeOps } from '../../changes/compose.ts'
import { diffSnapshots } from '../../changes/diff/diff.ts'
import { EMPTY_OP, type ObjectOp } from '../../changes/ops/ops.ts'
import type { StoreRules } from '../../draft/strict/store-scope.ts'

/** An op, and the snapshot that it makes of the state below it. */
export interface Made {
  readonly op: ObjectOp
  readonly next: object
}

/** One edit that waits for its commit. */
export interface Layer {
  /**
   * Makes the edit again on another state. A recipe runs again; recorded ops (`made`) are rebased over what changed
   * below, which `over` returns (null: nothing). Null: nothing is left to do. Throws what the edit then fails with.
   */
  readonly remake: (base: object, made: Made, over: () => ObjectOp | null) => Made | null
  /** Whether the edit must have an update of its own. */
  readonly isAlone?: boolean
}

/** A stored state of the document. */
export interface Confirmed {
  readonly state: object
  readonly version: number
  readonly commitId: string | null
}

/** The state of an update with what the collection set itself, and a way to set the same in another state. */
export interface Stamped {
  readonly next: object
  readonly carry: (state: object) => object
}

/** One update to send: the ops of several layers, composed. */
export interface Update<L> {
  readonly commitId: string
  /** Without keys if the layers cancel one another: then there is nothing to send, and it counts as committed. */
  readonly op: ObjectOp
  readonly next: object
  /** The stored state that the update expects. */
  readonly guard: Confirmed
  readonly steps: readonly Step<L>[]
}

/** A layer, and what it was made to. */
export interface Step<L> {
  readonly layer: L
  readonly made: Made
}

/** The end of a layer: it is stored, or it failed. */
export type LayerOutcome<L> =
  | {
      readonly layer: L
      readonly isStored: true
      readonly made: Made
      /** Whether the document showed it already. */
      readonly wasShown: boolean
    }
  | {
      readonly layer: L
      readonly isStored: false
      readonly error: unknown
      /** The error of an earlier layer without which this one cannot be made. */
      readonly cause?: unknown
    }

/** The stages of a machine; see the picture at the head of this file. */
export type Stage = 'idle' | 'sending' | 'loading' | 'unsettled'

interface Pending<L> {
  readonly layer: L
  /** The state that the layer was made on. */
  base: object
  made: Made
  /** Whether the document shows it before it is stored. Then it shows all layers before it too. */
  isShown: boolean
}

/** The commit state machine of one document. */
export class CommitMachine<L extends Layer> {
  stage: Stage = 'idle'
  confirmed: Confirmed
  private readonly rules: StoreRules
  private readonly createId: () => string
  private pending: Pending<L>[] = []
  /** The update that was sent; null: nothing is under way. */
  private update: Update<L> | null = null
  /** The number of layers at the front that were refused together: one of them is the culprit. */
  private suspects = 0

  constructor(confirmed: Confirmed, rules: StoreRules, createId: () => string) {
    this.confirmed = confirmed
    this.rules = rules
    this.createId = createId
  }

  /** The newest state: with all layers applied. */
  get head(): object {
    return this.pending.at(-1)?.made.next ?? this.confirmed.state
  }

  /** The number of layers that are not stored yet. */
  get size(): number {
    return this.pending.length
  }

  /** The oldest layer. */
  get front(): L | undefined {
    return this.pending[0]?.layer
  }

  /** The layers that are not stored yet, the oldest first. */
  get layers(): readonly L[] {
    return this.pending.map(({ layer }) => layer)
  }

  /** The state that the document shows: with all layers that are shown. */
  get shown(): object {
    return this.pending[this.shownCount() - 1]?.made.next ?? this.confirmed.state
  }

  /** The layers that are shown, the oldest first. */
  get shownSteps(): readonly Step<L>[] {
    return this.pending.slice(0, this.shownCount())
  }

  /** Composes the ops of all hidden layers: they lead from the shown state to the head. Null: they cancel. */
  composeHidden(): ObjectOp | null {
    return this.compose(this.pending.slice(this.shownCount()))
  }

  /** Adds an edit that was made on the head. */
  edit(layer: L, made: Made): void {
    this.pending.push({ layer, base: this.head, made, isShown: false })
  }

  /** Shows all layers. Returns those that were hidden, the oldest first. */
  show(): Step<L>[] {
    const hidden = this.pending.slice(this.shownCount())
    for (const pending of hidden) pending.isShown = true
    return hidden
  }

  /** The number of layers that are shown: they are the oldest ones. */
  private shownCount(): number {
    let count = this.pending.length
    while (count > 0 && this.pending[count - 1]?.isShown === false) count--
    return count
  }

  /** Takes a layer back. Nothing happens to one that was sent: its outcome counts. */
  abort(layer: L, error: unknown): LayerOutcome<L>[] {
    const at = this.pending.findIndex(pending => pending.layer === layer)
    if (at < (this.update?.steps.length ?? 0)) return []
    this.pending.splice(at, 1)
    if (at < this.suspects) this.suspects--
    return [{ layer, isStored: false, error }, ...this.replay(at, error)]
  }

  /** Returns the update to send now. Null: nothing waits, or an earlier one is not settled. */
  next(): Update<L> | null {
    if (this.stage !== 'idle' || this.pending.length === 0) return null
    const batch = this.pending.slice(0, this.batchSize())
    const update = {
      commitId: this.createId(),
      op: this.compose(batch) ?? EMPTY_OP,
      next: (batch.at(-1) as Pending<L>).made.next,
      guard: this.confirmed,
      steps: batch.map(({ layer, made }) => ({ layer, made })),
    }
    this.update = update
    this.stage = 'sending'
    return update
  }

  /**
   * The update was applied, and the document has this version and commit id now. `stored`: what the collection added to
   * it, which it adds to the states of the layers that wait too.
   */
  committed(
    { version, commitId }: Omit<Confirmed, 'state'>,
    stored: Stamped | null = null,
  ): LayerOutcome<L>[] {
    const { update } = this
    if (update === null) return []
    this.confirmed = { state: stored?.next ?? update.next, version, commitId }
    const sent = this.takeSent()
    if (stored !== null) this.carry(stored.carry)
    return sent.map(({ layer, made, isShown: wasShown }) => {
      return { layer, isStored: true, made, wasShown }
    })
  }

  /** Adds what the collection added below to each layer, whose op stays. */
  private carry(carry: Stamped['carry']): void {
    let below = this.confirmed.state
    for (const pending of this.pending) {
      pending.base = below
      pending.made = { op: pending.made.op, next: carry(pending.made.next) }
      below = pending.made.next
    }
  }

  /** The update was not applied: another state is stored. It must be read, and reported by `loaded`. */
  conflicted(): void {
    this.stage = 'loading'
    this.update = null
  }

  /**
   * Moves the layers onto what is stored, which was read after a conflict, after an unknown outcome was settled, or by
   * itself. While an update is under way nothing happens, because its outcome says more. O(layers), and what is
   * different for each; O(1) if the state is the same. `carry` is there where only what the collection sets itself is
   * another: it sets the same in the states of the layers, which stay.
   */
  loaded(confirmed: Confirmed, carry: Stamped['carry'] | null = null): LayerOutcome<L>[] {
    if (this.stage === 'sending') return []
    const isSame = confirmed.state === this.confirmed.state
    this.stage = 'idle'
    this.confirmed = confirmed
    if (isSame) return []
    if (carry === null) return this.replay(0)
    this.carry(carry)
    return []
  }

  /** The update was refused. One layer fails; of several, the culprit is searched by halves. */
  rejected(error: unknown): LayerOutcome<L>[] {
    const { update } = this
    if (update === null) return []
    if (update.steps.length === 1) {
      const failed = this.failSent(error)
      // The culprit is found.
      this.suspects = 0
      return [...failed, ...this.replay(0, error)]
    }
    this.suspects = update.steps.length
    this.stage = 'idle'
    this.update = null
    return []
  }

  /** Nobody knows whether the update was applied: its layers fail, and nothing is sent until it is settled. */
  unknown(error: unknown): LayerOutcome<L>[] {
    const failed = this.failSent(error)
    this.stage = 'unsettled'
    return [...failed, ...this.replay(0, error)]
  }

  /** Every layer fails: the document is not stored any more, or cannot be reached. */
  failAll(error: unknown): LayerOutcome<L>[] {
    const failed = this.pending
    this.pending = []
    this.update = null
    this.suspects = 0
    if (this.stage !== 'unsettled') this.stage = 'idle'
    return failed.map(({ layer }) => ({ layer, isStored: false, error }))
  }

  private failSent(error: unknown): LayerOutcome<L>[] {
    return this.takeSent().map(({ layer }) => ({ layer, isStored: false, error }))
  }

  /** Removes the layers of the update that was under way. */
  private takeSent(): Pending<L>[] {
    const count = this.update?.steps.length ?? 0
    this.suspects = Math.max(0, this.suspects - count)
    this.stage = 'idle'
    this.update = null
    return this.pending.splice(0, count)
  }

  /** The number of layers for the next update: all that may be merged, or half of the suspects. */
  private batchSize(): number {
    const alone = this.pending.findIndex(({ layer }) => layer.isAlone === true)
    const most = alone < 0 ? this.pending.length : Math.max(1, alone)
    return this.suspects > 0 ? Math.min(most, Math.ceil(this.suspects / 2)) : most
  }

  private compose(layers: readonly Pending<L>[]): ObjectOp | null {
    if (layers.length < 2) return layers[0]?.made.op ?? null
    // By halves: one after another would cost the square of the layers.
    const middle = layers.length >> 1
    const [first, then] = [layers.slice(0, middle), layers.slice(middle)]
    return composeOps(this.compose(first), this.compose(then), this.rules.leaves) as ObjectOp | null
  }

  /** Makes the layers from a place on again, where the state below them is another. */
  private replay(from: number, cause?: unknown): LayerOutcome<L>[] {
    const outcomes: LayerOutcome<L>[] = []
    const kept = this.pending.slice(0, from)
    let below = kept.at(-1)?.made.next ?? this.confirmed.state
    for (const pending of this.pending.slice(from)) {
      const { layer, base } = pending
      const now = below
      if (base !== now) {
        const over = (): ObjectOp | null => diffSnapshots(base, now, this.rules)?.op ?? null
        try {
          // A layer with nothing to do waits like any other: the edits that it relies on may still fail.
          pending.made = layer.remake(now, pending.made, over) ?? { op: EMPTY_OP, next: now }
          pending.base = now
        } catch (error) {
          outcomes.push({ layer, isStored: false, error, ...(cause !== undefined && { cause }) })
          continue
        }
      }
      below = pending.made.next
      kept.push(pending)
    }
    this.pending = kept
    return outcomes
  }
}
