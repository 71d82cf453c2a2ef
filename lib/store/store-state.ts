import { createChangeSet, type ChangeInfo, type ChangeSet } from '../changes/change-set.ts'
import type { ObjectOp, Op } from '../changes/ops/ops.ts'
import { CowslipError } from '../document/messages/errors.ts'
import type { IngestRules } from '../document/ingest.ts'
import type { Immutable } from '../document/types.ts'
import { acceptLiveDraft, StoreScope, type StoreRules } from '../draft/strict/store-scope.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { DocumentEvent } from '../events/types.ts'
import { RecentChanges } from './recent-changes.ts'

/** So many ops are kept for what was made on an earlier version. */
const MAX_RECENT_CHANGES = 100

/** How values come in that are in no draft of an edit under way; one for all that share rules. */
const ingestRulesOf = new WeakMap<StoreRules, IngestRules>()

/** The state of one store, and the one way to move it on. What most stores never use is made at its first use. */
export class StoreState<T extends object> {
  state: Immutable<T>
  version = 0
  readonly rules: StoreRules
  /** Whoever listens; null: nobody ever did. */
  hub: EventHub<T> | null = null
  private ownToken: object | null = null
  private ownTrail: RecentChanges | null = null
  /** Whether a recipe runs right now. */
  private isEditing = false

  constructor(state: Immutable<T>, rules: StoreRules) {
    this.state = state
    this.rules = rules
  }

  /** Stands for this store in its change sets, and keeps nothing alive. */
  get token(): object {
    return (this.ownToken ??= {})
  }

  /** What was committed last. */
  get recentChanges(): RecentChanges {
    return (this.ownTrail ??= new RecentChanges(this.rules.leaves, MAX_RECENT_CHANGES))
  }

  get ingestRules(): IngestRules {
    let rules = ingestRulesOf.get(this.rules)
    if (rules === undefined) {
      rules = { ...this.rules, finishDraft: acceptLiveDraft }
      ingestRulesOf.set(this.rules, rules)
    }
    return rules
  }

  /** Whether this store made a change set with that token. */
  isSourceOf(token: object | null): boolean {
    return token !== null && token === this.ownToken
  }

  /** Tells whoever listens. */
  emit(event: DocumentEvent<T>): void {
    this.hub?.emit(event)
  }

  /** What `recipe` makes of a draft of the state. The drafts end here; other edits are refused meanwhile. */
  runDraft(recipe: (scope: StoreScope) => void): { op: Op | null; value: object } {
    const scope = new StoreScope(this.state, this.rules)
    this.isEditing = true
    try {
      recipe(scope)
      return scope.finish()
    } finally {
      this.isEditing = false
      scope.end()
    }
  }

  /** Refuses a commit inside a recipe (`nested-edit`) and in a round of listeners (`listener-loop`). */
  assertNoEditRuns(): void {
    if (this.isEditing) {
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
    this.recentChanges.add(baseVersion, version, op)
    const known = { ...info, baseVersion, version, at: Date.now() }
    const change = createChangeSet(op, previous, next, this.rules.leaves, known, this.token)
    this.emit({ type: 'change', change, state, previous })
    return change
  }
}
