import { diffValues } from '../../changes/diff/diff.ts'
import {
  BY_ID,
  ELEMENT,
  type Comparing,
  type Fields,
  type Keys,
} from '../../changes/diff/identity.ts'
import type { Op } from '../../changes/ops/ops.ts'
import { shareStructure } from '../../changes/diff/share-structure.ts'
import { MOST_LEVELS, heightOf, tooDeep } from '../../document/depth.ts'
import { equal } from '../../document/equality.ts'
import { CowslipError, unsupportedValue } from '../../document/messages/errors.ts'
import { ingest, type Intake } from '../../document/ingest.ts'
import { formatPath, type Path } from '../../document/paths/path.ts'
import type { Shape } from '../../document/shapes.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { freezeNode } from '../../document/containers.ts'
import { stamp } from '../../document/stamp.ts'
import { Assigned } from './assigned.ts'
import { kindOf, refuseMeta, stateOf } from '../child.ts'
import { DraftScope } from '../draft.ts'
import { finish, finishLeaf } from '../finish.ts'
import { lateWrite } from './late-writes.ts'
import { opOf } from '../log.ts'
import { pairUp, withBaseMembers } from '../arrays/pair-up.ts'
import { LeafState, State, assertLive, depthOf, pathOf, touch, type Key } from '../state.ts'

/** The rules for values of one store. */
export interface Rules {
  readonly leaves: Leaves
  /** A store in memory: functions, Maps and Sets are values. */
  readonly inMemory: boolean
  /** See `Comparing`. */
  readonly keys?: Keys
  readonly atomic?: Comparing['atomic']
  /** See `Intake`. */
  readonly maxDepth?: number | undefined
}

/** An edit of a store: what the recipe puts in is copied and checked, and the end tells what changed. */
export class StoreScope extends DraftScope implements Intake {
  readonly inMemory: boolean
  readonly maxDepth: number
  /** What the recipe assigned; null: nothing yet. */
  private copies: Assigned | null
  /** Whether the edit ends: then late writes are refused. */
  private ends: boolean
  private readonly rules: Rules
  /** By each value that was assigned over another, and by that one, what differs. */
  private overwritten: Map<unknown, Map<unknown, Op>> | null

  constructor(base: object, rules: Rules) {
    super(base, rules.leaves, false)
    this.inMemory = rules.inMemory
    this.maxDepth = rules.maxDepth ?? MOST_LEVELS
    this.copies = null
    this.ends = true
    this.overwritten = null
    this.rules = rules
  }

  /** How values are compared with those that they were assigned over. */
  private comparing(): Comparing {
    const { leaves, keys = BY_ID, atomic } = this.rules
    return { leaves, keys, atomic, ordered: true, cameFrom: value => this.cameFrom(value) }
  }

  /**
   * The next snapshot and the op that leads there; null: nothing changed. Consumes the drafts. Throws
   * `late-write`, but not for a look `ahead` of the end.
   */
  finish(ahead: boolean = false): { value: object; op: Op | null } {
    this.ends = !ahead
    this.copies?.reset()
    this.overwritten = null
    return { value: this.settle(), op: opOf(this.root) }
  }

  /** See {@link Scope}. */
  get hasCopies(): boolean {
    return this.copies !== null
  }

  /** See {@link Scope}. The root's state asks before this scope is set up. */
  get holdsDrafts(): boolean {
    return this.copies?.holdsDrafts === true
  }

  override open(state: State): object {
    if (this.holdsDrafts) this.showDrafts(state)
    return super.open(state)
  }

  showDrafts(state: State): void {
    for (const key of this.copies?.draftsIn(state.base) ?? []) {
      touch(state, key)
      state.modified = true
    }
  }

  copyOf(): null {
    return null
  }

  checkKey(state: State, key: string | symbol): void {
    if (typeof key === 'symbol') throw refuseMeta(state, `the symbol key ${String(key)}`)
  }

  checkElement(state: State, at: number, value: unknown): void {
    if (value === undefined) throw hole(state, at)
  }

  /** Private state is not there. */
  explain(error: unknown, state: State, key: Key): unknown {
    if (!(error instanceof TypeError) || !error.message.includes('private')) return error
    return unsupportedValue(
      [...pathOf(state), key],
      'an accessor that uses private state',
      'Drafts and snapshots do not carry it: keep it in a field.',
    )
  }

  assign(state: State, key: Key, value: unknown): unknown {
    const path = (): Path => [...pathOf(state), key]
    if (typeof value !== 'object' || value === null) return ingest(value, this, path)
    if (this.isDraft(value)) return value
    return (this.copies ??= new Assigned(this)).take(value, path)
  }

  isDraft(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false
    const state = stateOf(value)
    return state === undefined ? this.leafOf(value) !== undefined : state.scope === this
  }

  isHeld(value: unknown): boolean {
    return this.holdsDrafts && (this.isDraft(value) || this.isHeldIn(value))
  }

  private isHeldIn(value: unknown): boolean {
    return this.copies?.draftsIn(value) !== undefined
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
    if (this.copies === null) return undefined
    const taken = this.takenAs(value)
    return this.copies.sourceOf(taken) ?? taken
  }

  shownToSearch(value: object): object | undefined {
    const source = this.copies?.sourceOf(this.takenAs(value))
    if (source === undefined) return undefined
    const leaf = this.leafOf(value)
    const edited =
      leaf === undefined
        ? stateOf(value)?.modified === true
        : !leaf.kind.equals(leaf.source, leaf.copy)
    return edited ? value : source
  }

  copiesOf(source: object): readonly object[] {
    return this.copies?.copiesOf(source) ?? []
  }

  /** The element of the base that an element was made of. */
  private cameFrom(value: object): object {
    const base = this.copies?.madeOf(value) ?? value
    return this.copies?.sourceOf(base) ?? base
  }

  /** What a draft or a mutable leaf that was handed out stands for; anything else is itself. */
  private takenAs(value: object): object {
    return stateOf(value)?.base ?? this.leafOf(value)?.source ?? value
  }

  take(state: State, key: Key, value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    return this.settled(value, () => [...pathOf(state), key])
  }

  /** What becomes of a draft, or of a copy of what was assigned. */
  private settled(value: object, path: () => Path, level?: number): object {
    const { copies } = this
    const state = stateOf(value)
    const leaf = state === undefined ? this.leafOf(value) : undefined
    // What is finished was compared before.
    if (copies !== null && this.ends && !state?.value) {
      const taken = state?.base ?? leaf?.source ?? value
      const source = copies.sourceOf(taken)
      const late = source && lateWrite(source, taken, state, this)
      if (late) throw writtenLate([...path(), ...late])
    }
    if (state !== undefined) return this.movedTo(path, level ?? path().length, state)
    if (leaf !== undefined) {
      const made = finishLeaf(leaf)
      if (this.holdsDrafts) copies?.noteMade(made, leaf.source)
      return made
    }
    if (!this.holdsDrafts || copies === null || !this.isHeldIn(value)) return value
    return copies.finish(value, (level ?? path().length) + 1, (draft, at) =>
      this.settled(draft, path, at),
    )
  }

  /** The final value of a draft that stands below so many levels. Its height counts where it was put further down. */
  private movedTo(path: () => Path, level: number, state: State): object {
    const value = finish(state)
    if (level <= depthOf(state)) return value
    if (level + heightOf(value, this.leaves) > this.maxDepth) throw tooDeep(path(), this.maxDepth)
    return value
  }

  same(old: unknown, now: unknown): boolean {
    return !this.isHeld(old) && equal(old, now, this.leaves, true)
  }

  pairUp(state: State): boolean {
    if (this.holdsDrafts && this.isHeldIn(state.base)) return false
    const how = this.comparing()
    return pairUp(state, () => how.keys(this.fieldsTo(state.parent, state.key)), how)
  }

  membersOf(state: State, members: Key[]): Key[] {
    return withBaseMembers(state, members)
  }

  over(state: State, key: Key, old: unknown, value: unknown): unknown {
    if (typeof old !== 'object' || typeof value !== 'object' || old === null || value === null) {
      return this.same(old, value) ? old : value
    }
    if (this.isHeld(old)) return value
    const op = diffValues(old, value, this.comparing(), this.fieldsTo(state, key))
    if (op === null) return old
    if (op.kind === 'set') return value
    const shared = shareStructure(old, value, op, this.leaves) as object
    const places = this.overwritten?.get(shared) ?? new Map<unknown, Op>()
    ;(this.overwritten ??= new Map()).set(shared, places.set(old, op))
    return shared
  }

  /** The path to what stands at `key` of a state; empty where nobody asks for paths. */
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

  told(value: object, old: unknown): Op | null {
    return this.overwritten?.get(value)?.get(old) ?? null
  }

  again(state: State): object {
    const path = pathOf(state)
    throw new CowslipError(
      'cycle',
      `Expected a tree. Received a draft that was put inside itself: ${formatPath(path)}. ` +
        'Refer to it by an id.',
      { path },
    )
  }

  close({ kind, base }: State, value: object, shape: Shape | null): object {
    if (this.holdsDrafts) this.copies?.noteMade(value, base)
    if (shape !== null) stamp(value, shape)
    return kind === 'map' || kind === 'set' ? freezeNode(value) : Object.freeze(value)
  }

  finishDraft(draft: object): null {
    return readLiveDraft(draft)
  }
}

function writtenLate(path: Path): CowslipError {
  return new CowslipError(
    'late-write',
    `Expected an object that is left alone once it was assigned. Received one that its owner changed since, ` +
      `at ${formatPath(path)}. Edit it through the draft.`,
    { path },
  )
}

function hole(state: State, at: number): CowslipError {
  const path = [...pathOf(state), at]
  return new CowslipError(
    'hole',
    `Expected a value for every element. Received a hole or undefined at ${formatPath(path)}. ` +
      'Use `splice` to remove an element, or null to keep its place.',
    { path },
  )
}

/** A live draft of another edit is read as a value: what it shows now. Throws `ended-draft`. */
export function readLiveDraft(draft: object): null {
  assertLive(stateOf(draft) as State)
  return null
}
