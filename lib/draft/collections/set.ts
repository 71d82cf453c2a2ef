// Drafts of Sets: the methods that a draft of a Set has. The copy holds base members and inserted values as
// they are, never their drafts, so that a member keeps its place in the order; a draft of this Set is
// therefore looked up as the member that it stands for.
import type { Dictionary } from '../../document/containers.ts'
import { prepareAssigned, readBase, readInserted, stateOf, stateOfThis } from '../child.ts'
import { createCollectionTraps, iterate } from './collection-traps.ts'
import { markModified, setChild, noteTouched, type State } from '../state.ts'

type AnySet = Set<unknown>

const latest = (state: State): AnySet => (state.copy ?? state.base) as AnySet

/** Returns the copy of the Set, made at the first call. */
export const getSetCopy = (state: State): AnySet =>
  (state.copy ??= new Set(state.base as AnySet)) as AnySet

/**
 * Returns the member that `value` stands for: by a draft or copy that this Set handed out, by the caller's
 * object that a member is a copy of, or `value` itself.
 */
function findMember(state: State, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const members = latest(state)
  if (members.has(value)) return value
  const child = stateOf(value) ?? state.scope.leafStates.get(value)
  if (child?.parent === state) return child.key
  return state.scope.copiesOf?.(value).find(copy => members.has(copy)) ?? value
}

/** Returns what the draft shows for a member. */
export function readMember(state: State, member: unknown): unknown {
  if (typeof member !== 'object' || member === null) return member
  if ((state.base as AnySet).has(member)) return readBase(state, member, member)
  const child = state.children?.get(member)
  if (child !== undefined) return 'proxy' in child ? child.proxy : child.copy
  return readInserted(state, member, member, ours => {
    const made = stateOf(ours) ?? state.scope.leafStates.get(ours)
    if (made !== undefined) setChild(state, made)
  })
}

/**
 * Adds a member. The child that stands for a base member may have been dropped when the member was deleted.
 */
function addMember(state: State, value: unknown): void {
  const known = findMember(state, value)
  if (latest(state).has(known)) return
  const child = stateOf(value) ?? state.scope.leafStates.get(value as object)
  const returns = child !== undefined && known !== value
  const base = (state.base as AnySet).has(known) ? known : undefined
  const member = returns ? known : prepareAssigned(state, known, known, base)
  getSetCopy(state).add(member)
  if (returns) setChild(state, child)
  noteTouched(state, member)
  markModified(state)
}

function removeMember(state: State, value: unknown): boolean {
  const member = findMember(state, value)
  if (!latest(state).has(member)) return false
  getSetCopy(state).delete(member)
  state.children?.delete(member)
  noteTouched(state, member)
  markModified(state)
  return true
}

const methods: Dictionary = {
  has(this: unknown, value: unknown) {
    const state = stateOfThis(this, 'set')
    return latest(state).has(findMember(state, value))
  },
  add(this: unknown, value: unknown) {
    addMember(stateOfThis(this, 'set'), value)
    return this
  },
  delete(this: unknown, value: unknown) {
    return removeMember(stateOfThis(this, 'set'), value)
  },
  clear(this: unknown) {
    const state = stateOfThis(this, 'set')
    for (const member of [...latest(state)]) removeMember(state, member)
  },
  forEach(this: unknown, fn: (value: unknown, key: unknown, set: unknown) => void, self?: unknown) {
    const state = stateOfThis(this, 'set')
    for (const value of iterate(state, member => readMember(state, member))) {
      Reflect.apply(fn, self, [value, value, this])
    }
  },
  values(this: unknown) {
    const state = stateOfThis(this, 'set')
    return iterate(state, member => readMember(state, member))
  },
  entries(this: unknown) {
    const state = stateOfThis(this, 'set')
    return iterate(state, member => {
      const value = readMember(state, member)
      return [value, value]
    })
  },
}
methods.keys = methods.values

/** Methods of newer engines (`union` and others) run on a Set of what the draft shows. */
for (const name of Object.getOwnPropertyNames(Set.prototype)) {
  const native = Object.getOwnPropertyDescriptor(Set.prototype, name)?.value as unknown
  if (typeof native !== 'function' || name === 'constructor' || name in methods) continue
  methods[name] = function (this: unknown, other: unknown) {
    stateOfThis(this, 'set')
    return Reflect.apply(native, new Set(this as Iterable<unknown>), [other])
  }
}

/** The proxy traps of Sets. The target is the state. */
export const setTraps: ProxyHandler<State> = createCollectionTraps(Set.prototype, methods, 'values')
