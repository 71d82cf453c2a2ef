// The commit state machine of one document. It is pure: it has no timers and does no I/O. LiveDocument tells it what
// happened (an edit, an answer, a read), and each call returns the actions to take. So every order of events can be
// tried in a spec, and the machine is the only place that decides what is sent next.
//
//                 edit                     committed, nothing waits
//   idle ───────────────────> sending ────────────────────────────> idle
//    ^                         │ │ │ └ committed, layers wait ─────> sending (all that waited, as one update)
//    │                         │ │ └── rejected, several layers ───> sending (half of them, until one is left)
//    │                         │ │     rejected, one layer ────────> the layer fails, the others are replayed
//    │   loaded: replay        │ └──── conflict ──> loading ───────> loaded: the layers are replayed and sent
//    └─────────────────────────┘       unknown ───> resolving ─────> an outcome as above; or unsettled: the layers
//                                      missing ───> gone                fail with `unknown`, asked again before a send
//
// A layer is one edit: an op, the snapshot it leads to, and a way to make it again on another state. The head is the
// snapshot of the last layer. Replay makes each layer again on what changed below it; a layer that fails then fails
// alone, and later ones go on.
import type { ObjectOp } from '../../changes/ops/ops.ts'
import { composeOps } from '../../changes/compose.ts'
import { diffSnapshots } from '../../changes/diff/diff.ts'
import type { StoreRules } from '../../draft/strict/store-scope.ts'

/** An op, and the snapshot that it makes of the state below it. */
export interface Made {
  readonly op: ObjectOp
  readonly next: object
}

/** One edit that waits for its commit. */
export interface Layer {
  /**
   * Makes the edit again on another state. `over` returns what changed below it since it was made (null: nothing): a
   * recipe runs again and ignores it, recorded ops are rebased over it. Null: nothing is left to do. Throws what the
   * edit then fails with.
   */
  readonly remake: (base: object, over: () => ObjectOp | null) => Made | null
  /** Whether the edit must have an update of its own. */
  readonly isAlone?: boolean
}

/** A stored state of the document. */
export interface Confirmed {
  readonly state: object
  readonly version: number
  readonly commitId: string | null
}

/** One update to send: the ops of several layers, composed. */
export interface Update<L> {
  readonly commitId: string
  readonly op: ObjectOp
  readonly next: object
  /** The stored state that the update expects. */
  readonly guard: Confirmed
  readonly layers: readonly L[]
}

/** A step that the owner of the machine has to take. */
export type Action<L> =
  /** Send this update, and report its outcome. */
  | { readonly do: 'send'; readonly update: Update<L> }
  /** Load the stored document, and report it by `loaded`. */
  | { readonly do: 'load' }
  /** Ask what became of this update, and report its outcome. */
  | { readonly do: 'resolve'; readonly update: Update<L> }
  /** The layer is stored as part of this version; `made` is null if nothing was left of it. */
  | {
      readonly do: 'stored'
      readonly layer: L
      readonly made: Made | null
      readonly confirmed: Confirmed
    }
  /** The layer failed; `cause` is the error of an earlier layer that was taken back. */
  | { readonly do: 'failed'; readonly layer: L; readonly error: unknown; readonly cause?: unknown }
  /** An update whose layers had failed with `unknown` was applied after all. */
  | { readonly do: 'landed'; readonly update: Update<L>; readonly confirmed: Confirmed }
  /** Somebody else changed the document: `op` leads from the last confirmed state to this one. */
  | { readonly do: 'moved'; readonly op: ObjectOp; readonly confirmed: Confirmed }
  /** Nothing is under way, and the lock that was asked for is held. */
  | { readonly do: 'locked' }

/** The stages of a machine; see the picture at the head of this file. */
export type Stage = 'idle' | 'sending' | 'loading' | 'resolving' | 'unsettled' | 'gone'

interface Pending<L> {
  readonly layer: L
  /** The state that the layer was made on. */
  base: object
  made: Made
}

/** The commit state machine of one document. */
export class CommitMachine<L extends Layer> {
  stage: Stage = 'idle'
  confirmed: Confirmed
  private readonly rules: StoreRules
  private readonly createId: () => string
  private pending: Pending<L>[] = []
  private update: Update<L> | null = null
  /** The number of layers at the front that a refused update had in common: one of them is the culprit. */
  private suspects = 0
  /** Whether the layers of the update were told that their outcome is unknown. */
  private isTold = false
  private lock: 'none' | 'asked' | 'held' = 'none'

  constructor(confirmed: Confirmed, rules: StoreRules, createId: () => string) {
    this.confirmed = confirmed
    this.rules = rules
    this.createId = createId
  }

  /** The newest state: with all layers applied. */
  get head(): object {
    return this.pending.at(-1)?.made.next ?? this.confirmed.state
  }

  /** The layers that are not stored yet, the oldest first. */
  get layers(): readonly L[] {
    return this.pending.map(({ layer }) => layer)
  }

  /** Adds an edit that was made on the head. */
  edit(layer: L, made: Made): Action<L>[] {
    this.pending.push({ layer, base: this.head, made })
    return this.pump()
  }

  /** Takes a layer back that was not sent. Returns no action for one that was: its outcome counts. */
  abort(layer: L, error: unknown): Action<L>[] {
    const at = this.pending.findIndex(pending => pending.layer === layer)
    if (at < (this.update?.layers.length ?? 0)) return []
    this.pending.splice(at, 1)
    return [{ do: 'failed', layer, error }, ...this.replay(at, error), ...this.pump()]
  }

  /** Asks for the document to be left alone: nothing is sent from the action `locked` on until `release`. */
  acquire(): Action<L>[] {
    this.lock = 'asked'
    return this.pump()
  }

  release(): Action<L>[] {
    this.lock = 'none'
    return this.pump()
  }

  /** The update was applied. */
  committed(version: number): Action<L>[] {
    const { update, isTold } = this
    if (update === null) return []
    const done = this.pending.splice(0, update.layers.length)
    this.suspects = Math.max(0, this.suspects - update.layers.length)
    this.confirmed = { state: update.next, version, commitId: update.commitId }
    const { confirmed } = this
    this.becomeIdle()
    if (isTold) return [{ do: 'landed', update, confirmed }, ...this.pump()]
    return [
      ...done.map(({ layer, made }): Action<L> => ({ do: 'stored', layer, made, confirmed })),
      ...this.pump(),
    ]
  }

  /** The update was not applied: another state is stored. The document must be loaded. */
  conflicted(): Action<L>[] {
    this.dropTold()
    this.update = null
    this.stage = 'loading'
    return [{ do: 'load' }]
  }

  /**
   * The stored document was read, after a conflict or by itself. While an update is under way nothing happens, because
   * its outcome says more.
   */
  loaded(stored: Confirmed): Action<L>[] {
    if (this.stage === 'sending' || this.stage === 'resolving') return []
    if (this.stage === 'unsettled') {
      return stored.commitId === this.update?.commitId
        ? this.committed(stored.version)
        : this.unknown()
    }
    this.becomeIdle()
    const difference = diffSnapshots(this.confirmed.state, stored.state, this.rules)
    this.confirmed = { ...stored, state: difference?.next ?? this.confirmed.state }
    const moved = difference && [
      { do: 'moved' as const, op: difference.op, confirmed: this.confirmed },
    ]
    return [...(moved ?? []), ...this.replay(0), ...this.pump()]
  }

  /** The update was refused. One layer fails; of several, the culprit is searched by halves. */
  rejected(error: unknown): Action<L>[] {
    const { update, isTold } = this
    if (update === null) return []
    this.becomeIdle()
    if (update.layers.length > 1 && !isTold) {
      this.suspects = update.layers.length
      return this.pump()
    }
    this.suspects = 0
    this.pending.splice(0, update.layers.length)
    const failed = update.layers.map((layer): Action<L> => ({ do: 'failed', layer, error }))
    return [...(isTold ? [] : failed), ...this.replay(0, error), ...this.pump()]
  }

  /** The document is not stored any more: every layer fails with `error`. */
  missing(error: unknown): Action<L>[] {
    this.dropTold()
    const failed = this.pending.map(({ layer }): Action<L> => ({ do: 'failed', layer, error }))
    this.pending = []
    this.update = null
    this.stage = 'gone'
    return failed
  }

  /** Nobody knows yet whether the update was applied. */
  unknown(): Action<L>[] {
    const { update } = this
    if (update === null) return []
    this.stage = 'resolving'
    return [{ do: 'resolve', update }]
  }

  /** The adapter cannot tell either: the layers fail with `error`, and the update is asked for again before a send. */
  unsettled(error: unknown): Action<L>[] {
    const { update } = this
    if (update === null) return []
    this.stage = 'unsettled'
    const failed = update.layers.map((layer): Action<L> => ({ do: 'failed', layer, error }))
    const wasTold = this.isTold
    this.isTold = true
    return wasTold ? [] : failed
  }

  /** Sends what waits, if nothing is under way. */
  private pump(): Action<L>[] {
    if (this.stage === 'unsettled' && this.update !== null && this.hasWork()) return this.unknown()
    if (this.stage !== 'idle') return []
    if (this.lock === 'asked') {
      this.lock = 'held'
      return [{ do: 'locked' }]
    }
    if (this.lock === 'held' || this.pending.length === 0) return []
    const batch = this.pending.slice(0, this.batchSize())
    const op = batch.reduce<ObjectOp | null>(
      (all, { made }) => composeOps(all, made.op, this.rules.leaves) as ObjectOp | null,
      null,
    )
    const next = (batch.at(-1) as Pending<L>).made.next
    if (op === null) return this.finishEmpty(batch.length)
    const layers = batch.map(({ layer }) => layer)
    const update = { commitId: this.createId(), op, next, guard: this.confirmed, layers }
    this.update = update
    this.stage = 'sending'
    return [{ do: 'send', update }]
  }

  /** Whether something waits behind the update of unknown outcome. */
  private hasWork(): boolean {
    return this.lock === 'asked' || this.pending.length > (this.update?.layers.length ?? 0)
  }

  /** The number of layers for the next update: all that may be merged, or half of the suspects. */
  private batchSize(): number {
    const alone = this.pending.findIndex(({ layer }) => layer.isAlone === true)
    const most = alone < 0 ? this.pending.length : Math.max(1, alone)
    return this.suspects > 1 ? Math.min(most, Math.ceil(this.suspects / 2)) : most
  }

  /** Layers that cancel one another are stored without an update. */
  private finishEmpty(count: number): Action<L>[] {
    const { confirmed } = this
    const done = this.pending.splice(0, count)
    this.suspects = Math.max(0, this.suspects - count)
    return [
      ...done.map(({ layer, made }): Action<L> => ({ do: 'stored', layer, made, confirmed })),
      ...this.replay(0),
      ...this.pump(),
    ]
  }

  /** Makes the layers from a place on again, where the state below them is another. O(what differs). */
  private replay(from: number, cause?: unknown): Action<L>[] {
    const actions: Action<L>[] = []
    const kept = this.pending.slice(0, from)
    let below = kept.at(-1)?.made.next ?? this.confirmed.state
    for (const pending of this.pending.slice(from)) {
      const { layer, base } = pending
      const now = below
      if (base !== now) {
        const over = (): ObjectOp | null => diffSnapshots(base, now, this.rules)?.op ?? null
        try {
          const again = layer.remake(now, over)
          if (again === null) {
            actions.push({ do: 'stored', layer, made: null, confirmed: this.confirmed })
            continue
          }
          pending.base = now
          pending.made = again
        } catch (error) {
          actions.push({ do: 'failed', layer, error, ...(cause !== undefined && { cause }) })
          continue
        }
      }
      below = pending.made.next
      kept.push(pending)
    }
    this.pending = kept
    return actions
  }

  private becomeIdle(): void {
    this.stage = 'idle'
    this.update = null
    this.isTold = false
  }

  /** Forgets the layers of an update whose outcome was told as unknown, and that was not applied. */
  private dropTold(): void {
    if (!this.isTold) return
    this.pending.splice(0, this.update?.layers.length ?? 0)
    this.isTold = false
  }
}
