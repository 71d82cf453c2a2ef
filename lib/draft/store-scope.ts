import type { Op } from '../changes/ops.ts'
import { equal } from '../document/equality.ts'
import { CowslipError, unsupportedValue } from '../document/errors.ts'
import { ingest, type Intake } from '../document/ingest.ts'
import { formatPath } from '../document/path.ts'
import type { Shape } from '../document/shapes.ts'
import type { Leaves } from '../document/leaf-kinds.ts'
import { freezeNode } from '../document/containers.ts'
import { stamp } from '../document/stamp.ts'
import { adopt } from './adopt.ts'
import { asEditOf } from './assigned-array.ts'
import { refuseMeta, stateOf } from './child.ts'
import { DraftScope } from './draft.ts'
import { finish } from './finish.ts'
import { memberShown } from './finish-collections.ts'
import { opOf } from './log.ts'
import { putBack, withBaseMembers } from './put-back.ts'
import { assertLive, pathOf, type Key, type State } from './state.ts'

/** The rules for values of one store. */
export interface Rules {
  readonly leaves: Leaves
  /** A store in memory: functions, Maps and Sets are values. */
  readonly inMemory: boolean
}

/** An edit of a store: what the recipe puts in is copied and checked, and the end tells what changed. */
export class StoreScope extends DraftScope implements Intake {
  readonly inMemory: boolean

  constructor(base: object, rules: Rules) {
    super(base, rules.leaves, false)
    this.inMemory = rules.inMemory
  }

  /** The next snapshot and the op that leads there; null: nothing changed. Consumes the drafts. */
  finish(): { value: object; op: Op | null } {
    return { value: this.settle(), op: opOf(this.root) }
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

  readInserted(state: State, key: Key, value: object, place: (value: object) => void): unknown {
    return adopt(state, key, value, place)
  }

  take(state: State, key: Key, value: unknown): unknown {
    return ingest(value, this, () => [...pathOf(state), key])
  }

  takeAdopted(state: State): object {
    return ingest(ownContent(state), this, () => pathOf(state)) as object
  }

  same(old: unknown, now: unknown): boolean {
    return equal(old, now, this.leaves)
  }

  putBack(state: State): void {
    putBack(state)
  }

  membersOf(state: State, members: Key[]): Key[] {
    return withBaseMembers(state, members)
  }

  asEdit(state: State, key: Key, value: unknown, old: unknown): State | null {
    return asEditOf(state, key, value, old)
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

  close({ kind }: State, value: object, shape: Shape | null): object {
    if (shape !== null) stamp(value, shape)
    return kind === 'map' || kind === 'set' ? freezeNode(value) : Object.freeze(value)
  }

  /** The frozen value of a draft met in a value that is taken in. */
  finishDraft(draft: object): object | null {
    const state = stateOf(draft) as State
    return state.scope === this ? finish(state) : readLiveDraft(draft)
  }
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

/** What was inserted, with the drafts of what was read of it in their places. */
function ownContent(state: State): unknown {
  if (state.kind !== 'set' || state.kids === null) return state.copy
  return new Set([...(state.copy as Set<unknown>)].map(member => memberShown(state, member)))
}

/** A live draft of another edit is read as a value: what it shows now. Throws `ended-draft`. */
export function readLiveDraft(draft: object): null {
  assertLive(stateOf(draft) as State)
  return null
}
