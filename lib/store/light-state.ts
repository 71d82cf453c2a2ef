// The state of one store, and the only code that replaces it. Stores, documents and their open edits hold one; each commit of
// theirs ends in `commit` here, which sets state and version and emits one event. Stores of `cowslip` and documents have a
// `StoreState`, which remembers the ops too.
import type { ChangeInfo, ChangeSet, ChangeSource } from '../changes/change-set.ts'
import { makeLightChange, partsBetween } from '../changes/light-change-set.ts'
import type { ObjectOp, Op } from '../changes/ops/ops.ts'
import { CowslipError } from '../document/messages/errors.ts'
import type { IngestRules } from '../document/ingest.ts'
import type { Immutable } from '../document/types.ts'
import { acceptLiveDraft, StoreScope, type StoreRules } from '../draft/strict/store-scope.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { DocumentEvent } from '../events/types.ts'

/** The event of a change of the state. */
type StateChange<T extends object> = Extract<DocumentEvent<T>, { type: 'change' }>

/** Rules for ingesting values outside of an edit; one object for all stores with the same rules. */
const ingestRulesOf = new WeakMap<StoreRules, IngestRules>()

/**
 * Holds a store's state and is the only code that replaces it. Members that most stores never use are
 * created at the first use.
 */
export class LightState<T extends object> {
  state: Immutable<T>
  version = 0
  /** The number of changes of the state so far. */
  revision = 0
  readonly rules: StoreRules
  /** The hub of listeners; null: nobody ever listened. */
  hub: EventHub<T> | null = null
  private ownToken: object | null = null
  /** Whether a recipe is running. */
  private isEditing = false

  constructor(state: Immutable<T>, rules: StoreRules) {
    this.state = state
    this.rules = rules
  }

  /** The token that identifies this store in its change sets. It keeps nothing alive. */
  get token(): object {
    return (this.ownToken ??= {})
  }

  get ingestRules(): IngestRules {
    let rules = ingestRulesOf.get(this.rules)
    if (rules === undefined) {
      rules = { ...this.rules, finishDraft: acceptLiveDraft }
      ingestRulesOf.set(this.rules, rules)
    }
    return rules
  }

  /** Whether this store made the change set of that source. */
  isSourceOf(source: ChangeSource | null): boolean {
    return source !== null && source.token === this.ownToken
  }

  /** Returns the source of a change that leads from one revision of this store to another. */
  createSource(from: number | null = this.revision, to: number | null = null): ChangeSource {
    return { token: this.token, from, to }
  }

  /** Replaces the state by another one, which no op leads to. */
  replaceState(state: Immutable<T>): void {
    this.state = state
    this.revision++
  }

  /** Emits events that came about together; what their listeners do comes after all of them. */
  emit(...events: readonly DocumentEvent<T>[]): void {
    this.hub?.emit(...events)
  }

  /** Reports an error that nobody else hears of: to listeners of `error`, else on the console. */
  report(error: unknown, source: string): void {
    if (this.hub === null) console.error(error)
    else this.hub.report(error, source)
  }

  /**
   * Runs `recipe` on a draft of `base` and returns the result. The drafts end here; other edits are refused
   * meanwhile.
   */
  runDraft(recipe: (scope: StoreScope) => void, base: object): { op: Op | null; value: object } {
    const scope = new StoreScope(base, this.rules)
    try {
      return this.whileEditing(() => {
        recipe(scope)
        return scope.finish()
      })
    } finally {
      scope.end()
    }
  }

  /** Runs a task that is part of an edit: other edits are refused meanwhile. */
  whileEditing<R>(task: () => R): R {
    const wasEditing = this.isEditing
    this.isEditing = true
    try {
      return task()
    } finally {
      this.isEditing = wasEditing
    }
  }

  /** Throws `nested-edit` inside a recipe, and `listener-loop` if listeners edit in a round. */
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

  /** Moves the state to `next`, which `op` makes of it, and emits a `change` event. */
  commit(op: ObjectOp, next: object, info: ChangeInfo, version?: number): ChangeSet {
    const event = this.move(op, next, info, version)
    this.emit(event)
    return event.change
  }

  /** Moves the state to `next`, which `op` makes of it. Returns the event for the caller to emit. */
  move(
    op: ObjectOp,
    next: object,
    info: ChangeInfo,
    version: number = this.version + 1,
  ): StateChange<T> {
    const previous = this.state
    const state = next as Immutable<T>
    this.state = state
    const baseVersion = this.version
    this.version = version
    this.revision++
    const known = { ...info, baseVersion, version, at: Date.now() }
    const change = this.tellChange(op, previous, next, known)
    return { type: 'change', change, state, previous }
  }

  /** Creates the change set of a move that was made. */
  protected tellChange(op: ObjectOp, previous: object, next: object, info: ChangeInfo): ChangeSet {
    const { leaves } = this.rules
    const parts = partsBetween(op, previous, next, leaves, info, this.createLastSource())
    // The types of events are those of full change sets; whoever gets this one knows it by another type.
    return makeLightChange(parts) as ChangeSet
  }

  /** Returns the source of the last change. */
  protected createLastSource(): ChangeSource {
    return this.createSource(this.revision - 1, this.revision)
  }
}
