import { changeSet, type ChangeInfo, type ChangeSet } from '../changes/change-set.ts'
import type { ObjectOp, Op } from '../changes/ops/ops.ts'
import { CowslipError } from '../document/messages/errors.ts'
import type { Intake } from '../document/ingest.ts'
import type { Immutable } from '../document/types.ts'
import { readLiveDraft, StoreScope, type Rules } from '../draft/strict/store-scope.ts'
import type { Hub } from '../events/hub.ts'
import type { DocumentEvent } from '../events/types.ts'
import { Trail } from './recent-changes.ts'

/** So many ops are kept for what was made on an earlier version. */
const KEPT = 100

/** How values come in that are in no draft of an edit under way; one for all that share rules. */
const intakes = new WeakMap<Rules, Intake>()

/** The state of one store, and the one way to move it on. What most stores never use is made at its first use. */
export class Core<T extends object> {
  state: Immutable<T>
  version = 0
  readonly rules: Rules
  /** Whoever listens; null: nobody ever did. */
  hub: Hub<T> | null = null
  private ownToken: object | null = null
  private ownTrail: Trail | null = null
  /** Whether a recipe runs right now. */
  private running = false

  constructor(state: Immutable<T>, rules: Rules) {
    this.state = state
    this.rules = rules
  }

  /** Stands for this store in its change sets, and keeps nothing alive. */
  get token(): object {
    return (this.ownToken ??= {})
  }

  /** What was committed last. */
  get trail(): Trail {
    return (this.ownTrail ??= new Trail(this.rules.leaves, KEPT))
  }

  get intake(): Intake {
    let intake = intakes.get(this.rules)
    if (intake === undefined) {
      intake = { ...this.rules, finishDraft: readLiveDraft }
      intakes.set(this.rules, intake)
    }
    return intake
  }

  /** Whether this store made a change set with that token. */
  made(token: object | null): boolean {
    return token !== null && token === this.ownToken
  }

  /** Tells whoever listens. */
  emit(event: DocumentEvent<T>): void {
    this.hub?.emit(event)
  }

  /** What `recipe` makes of a draft of the state. The drafts end here; other edits are refused meanwhile. */
  draft(recipe: (scope: StoreScope) => void): { op: Op | null; value: object } {
    const scope = new StoreScope(this.state, this.rules)
    this.running = true
    try {
      recipe(scope)
      return scope.finish()
    } finally {
      this.running = false
      scope.end()
    }
  }

  /** Refuses a commit inside a recipe (`nested-edit`) and in a round of listeners (`listener-loop`). */
  assertFree(): void {
    if (this.running) {
      throw new CowslipError(
        'nested-edit',
        'Expected one edit of a store at a time. Received another inside its recipe. Edit the ' +
          'draft at hand, or wait for the recipe to end.',
        {},
      )
    }
    this.hub?.assertNoLoop()
  }

  /** Moves on to `next`, which `op` makes of the state, and tells the listeners. */
  commit(
    op: ObjectOp,
    next: object,
    info: ChangeInfo,
    version: number = this.version + 1,
  ): ChangeSet {
    const previous = this.state
    const state = next as Immutable<T>
    this.state = state
    const baseVersion = this.version
    this.version = version
    this.trail.add(baseVersion, version, op)
    const known = { ...info, baseVersion, version, at: Date.now() }
    const change = changeSet(op, previous, next, this.rules.leaves, known, this.token)
    this.emit({ type: 'change', change, state, previous })
    return change
  }
}
