// Edits with the rules of stores. `createStore`, open edits and collections create a `StoreScope`; `finish`
// returns the next snapshot and the op that leads there. Unlike `produce`, a store copies what a recipe
// assigns (assigned-copies.ts), refuses what it cannot track, refuses late writes, and describes an
// assignment over a container as what differs.
import { fastArrays } from '../arrays/array-kinds.ts'
import { collectionKinds } from '../collections/collection-kinds.ts'
import { diffValues } from '../../changes/diff/diff.ts'
import {
  BY_ID,
  ELEMENT,
  type CompareRules,
  type Fields,
  type KeysByPath,
} from '../../changes/diff/identity.ts'
import type { Op } from '../../changes/ops/ops.ts'
import { shareStructure } from '../../changes/diff/share-structure.ts'
import { MAX_LEVELS, heightOf, tooDeepError } from '../../document/depth.ts'
import { isEqual } from '../../document/equality.ts'
import { CowslipError, unsupportedValueError } from '../../document/messages/errors.ts'
import { ingest, type IngestRules } from '../../document/ingest.ts'
import { formatPath, type Path } from '../../document/paths/path.ts'
import type { Shape } from '../../document/shapes.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { freezeNode } from '../../document/containers.ts'
import { attachNote } from '../../document/hidden-note.ts'
import { AssignedCopies } from './assigned-copies.ts'
import { kindOf, metaChangeError, stateOf } from '../child.ts'
import { DraftScope } from '../draft-scope.ts'
import { finishState, finishLeaf } from '../finish.ts'
import { findLateWrite } from './late-writes.ts'
import { opOfState } from '../op-of-state.ts'
import { pairInserted, keepBaseMembers } from '../arrays/pair-up.ts'
import {
  LeafState,
  State,
  assertLive,
  depthOf,
  pathOf,
  noteTouched,
  type Key,
  type Kinds,
} from '../state.ts'

/** The rules of one store for its values. */
export interface StoreRules {
  readonly leaves: Leaves
  /** Whether functions, Maps, Sets and marked instances are values: only in stores in memory. */
  readonly inMemory: boolean
  /** The identity of elements and the paths that are one value: see `CompareRules`. */
  readonly keys?: KeysByPath
  readonly atomic?: CompareRules['atomic']
  /** The nesting depth allowed: see `IngestRules`. */
  readonly maxDepth?: number | undefined
}

/** The parts of the engine: stores have all. */
const KINDS: Kinds = { arrays: fastArrays, collections: collectionKinds }

/** One edit of a store. */
export class StoreScope extends DraftScope implements IngestRules {
  readonly inMemory: boolean
  readonly maxDepth: number
  /** The copies of assigned objects; null: nothing was assigned yet. */
  private assigned: AssignedCopies | null
  /** Whether the edit is ending, so that late writes are refused. */
  private isEnding: boolean
  private readonly rules: StoreRules
  /** For each value that was assigned over another one: the op between the two, by the old value. */
  private overwritten: Map<unknown, Map<unknown, Op>> | null

  constructor(base: object, rules: StoreRules) {
    super(base, rules.leaves, false)
    this.inMemory = rules.inMemory
    this.maxDepth = rules.maxDepth ?? MAX_LEVELS
    this.assigned = null
    this.isEnding = true
    this.overwritten = null
    this.rules = rules
  }

  /** The rules for comparing a value with the one that it was assigned over. */
  private compareRules(): CompareRules {
    const { leaves, keys = BY_ID, atomic } = this.rules
    return { leaves, keys, atomic, ordered: true, originOf: value => this.originOf(value) }
  }

  /**
   * Returns the next snapshot and the op that leads there; a null op: nothing changed. The drafts are used
   * up. Throws `late-write`, unless `ahead`: then the edit goes on.
   */
  finish(ahead: boolean = false): { value: object; op: Op | null } {
    this.isEnding = !ahead
    this.assigned?.reset()
    this.overwritten = null
    return { value: this.finishRoot(), op: opOfState(this.root) }
  }

  /** Whether the recipe assigned an object. */
  get hasCopies(): boolean {
    return this.assigned !== null
  }

  /** Whether copies of assigned objects hold drafts. The root's state asks before this scope is set up. */
  get holdsDrafts(): boolean {
    return this.assigned?.holdsDrafts === true
  }

  get kinds(): Kinds {
    return KINDS
  }

  override createProxy(state: State): object {
    if (this.holdsDrafts) this.noteHeldDrafts(state)
    return super.createProxy(state)
  }

  noteHeldDrafts(state: State): void {
    for (const key of this.assigned?.draftKeysOf(state.base) ?? []) {
      noteTouched(state, key)
      state.modified = true
    }
  }

  copyBase(): null {
    return null
  }

  checkKey(state: State, key: string | symbol): void {
    if (typeof key === 'symbol') throw metaChangeError(state, `the symbol key ${String(key)}`)
  }

  checkElement(state: State, at: number, value: unknown): void {
    if (value === undefined) throw holeError(state, at)
  }

  /** Explains an accessor that needs private state, which drafts do not carry. */
  explainError(error: unknown, state: State, key: Key): unknown {
    if (!(error instanceof TypeError) || !error.message.includes('private')) return error
    return unsupportedValueError(
      [...pathOf(state), key],
      'an accessor that uses private state',
      'Drafts and snapshots do not carry it: keep it in a field.',
    )
  }

  assign(state: State, key: Key, value: unknown): unknown {
    const path = (): Path => [...pathOf(state), key]
    if (typeof value !== 'object' || value === null) return ingest(value, this, path)
    if (this.isDraft(value)) return value
    return (this.assigned ??= new AssignedCopies(this)).copy(value, path)
  }

  isDraft(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false
    const state = stateOf(value)
    return state === undefined ? this.leafOf(value) !== undefined : state.scope === this
  }

  isOrHoldsDraft(value: unknown): boolean {
    return this.holdsDrafts && (this.isDraft(value) || this.holdsDraft(value))
  }

  private holdsDraft(value: unknown): boolean {
    return this.assigned?.draftKeysOf(value) !== undefined
  }

  readInserted(state: State, key: Key, value: object, place: (value: object) => void): unknown {
    if (this.isDraft(value)) return value
    const kind = kindOf(value, this.leaves)
    let ours: object
    if (typeof kind === 'string') ours = new State(this, state, key, value, kind, true).proxy
    else if (kind?.copy !== undefined) ours = new LeafState(kind, state, key, value, true).copy
    else return value
    place(ours)
    return ours
  }

  sourceOf(value: object): object | undefined {
    if (this.assigned === null) return undefined
    const taken = this.baseOfDraft(value)
    return this.assigned.sourceOf(taken) ?? taken
  }

  shownToSearch(value: object): object | undefined {
    const source = this.assigned?.sourceOf(this.baseOfDraft(value))
    if (source === undefined) return undefined
    const leaf = this.leafOf(value)
    const edited =
      leaf === undefined
        ? stateOf(value)?.modified === true
        : !leaf.kind.equals(leaf.source, leaf.copy)
    return edited ? value : source
  }

  copiesOf(source: object): readonly object[] {
    return this.assigned?.copiesOf(source) ?? []
  }

  /** Returns the base element that an element was made of. */
  private originOf(value: object): object {
    const base = this.assigned?.originOf(value) ?? value
    return this.assigned?.sourceOf(base) ?? base
  }

  /** Returns the value that a draft or a mutable leaf stands for; any other value itself. */
  private baseOfDraft(value: object): object {
    return stateOf(value)?.base ?? this.leafOf(value)?.source ?? value
  }

  finishInserted(state: State, key: Key, value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    return this.finishValue(value, () => [...pathOf(state), key])
  }

  /** Finishes a draft, or a copy of an assigned object. */
  private finishValue(value: object, path: () => Path, level?: number): object {
    const { assigned: copies } = this
    const state = stateOf(value)
    const leaf = state === undefined ? this.leafOf(value) : undefined
    // A finished value was compared before.
    if (copies !== null && this.isEnding && !state?.value) {
      const taken = state?.base ?? leaf?.source ?? value
      const source = copies.sourceOf(taken)
      const late = source && findLateWrite(source, taken, state, this)
      if (late) throw lateWriteError([...path(), ...late])
    }
    if (state !== undefined) return this.finishDraftAt(path, level ?? path().length, state)
    if (leaf !== undefined) {
      const made = finishLeaf(leaf)
      if (this.holdsDrafts) copies?.noteOrigin(made, leaf.source)
      return made
    }
    if (!this.holdsDrafts || copies === null || !this.holdsDraft(value)) return value
    return copies.finish(value, (level ?? path().length) + 1, (draft, at) =>
      this.finishValue(draft, path, at),
    )
  }

  /**
   * Returns the final value of a draft that stands below `level` levels. Its height is checked if it was
   * put further down.
   */
  private finishDraftAt(path: () => Path, level: number, state: State): object {
    const value = finishState(state)
    if (level <= depthOf(state)) return value
    if (level + heightOf(value, this.leaves) > this.maxDepth)
      throw tooDeepError(path(), this.maxDepth)
    return value
  }

  isSameValue(old: unknown, now: unknown): boolean {
    return !this.isOrHoldsDraft(old) && isEqual(old, now, this.leaves, true)
  }

  pairInserted(state: State): boolean {
    if (this.holdsDrafts && this.holdsDraft(state.base)) return false
    const rules = this.compareRules()
    return pairInserted(state, () => rules.keys(this.fieldsTo(state.parent, state.key)), rules)
  }

  keepBaseMembers(state: State, members: Key[]): Key[] {
    return keepBaseMembers(state, members)
  }

  finishOverwritten(state: State, key: Key, old: unknown, value: unknown): unknown {
    if (typeof old !== 'object' || typeof value !== 'object' || old === null || value === null) {
      return this.isSameValue(old, value) ? old : value
    }
    if (this.isOrHoldsDraft(old)) return value
    const op = diffValues(old, value, this.compareRules(), this.fieldsTo(state, key))
    if (op === null) return old
    if (op.kind === 'set') return value
    const shared = shareStructure(old, value, op, this.leaves) as object
    const places = this.overwritten?.get(shared) ?? new Map<unknown, Op>()
    ;(this.overwritten ??= new Map()).set(shared, places.set(old, op))
    return shared
  }

  /**
   * Returns the path to the value at `key` of a state; empty where neither `keyed` nor `atomic` needs
   * paths.
   */
  private fieldsTo(state: State | null, key: Key): Fields {
    const fields: Fields[number][] = []
    if (this.rules.keys === undefined && this.rules.atomic === undefined) return fields
    for (let at = state, below = key; at !== null; below = at.key, at = at.parent) {
      fields.unshift(at.kind === 'array' ? ELEMENT : String(below))
    }
    return fields
  }

  isAtomic(state: State, key: Key): boolean {
    return this.rules.atomic?.(this.fieldsTo(state, key)) === true
  }

  opOfOverwritten(value: object, old: unknown): Op | null {
    return this.overwritten?.get(value)?.get(old) ?? null
  }

  finishCycle(state: State): object {
    const path = pathOf(state)
    throw new CowslipError(
      'cycle',
      `Expected a tree. Received a draft that was put inside itself: ${formatPath(path)}. ` +
        'Refer to it by an id.',
      { path },
    )
  }

  freezeFinished({ kind, base }: State, value: object, shape: Shape | null): object {
    if (this.holdsDrafts) this.assigned?.noteOrigin(value, base)
    if (shape !== null) attachNote(value, shape)
    return kind === 'map' || kind === 'set' ? freezeNode(value) : Object.freeze(value)
  }

  finishDraft(draft: object): null {
    return acceptLiveDraft(draft)
  }
}

function lateWriteError(path: Path): CowslipError {
  return new CowslipError(
    'late-write',
    `Expected an object that is left alone once it was assigned. Received one that its owner changed since, ` +
      `at ${formatPath(path)}. Edit it through the draft.`,
    { path },
  )
}

function holeError(state: State, at: number): CowslipError {
  const path = [...pathOf(state), at]
  return new CowslipError(
    'hole',
    `Expected a value for every element. Received a hole or undefined at ${formatPath(path)}. ` +
      'Use `splice` to remove an element, or null to keep its place.',
    { path },
  )
}

/**
 * Accepts a live draft of another edit, which is then read as a value: what it shows now. Throws `ended-
 * draft`.
 */
export function acceptLiveDraft(draft: object): null {
  assertLive(stateOf(draft) as State)
  return null
}
