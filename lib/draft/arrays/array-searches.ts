// The array methods whose callback only looks: `find`, `filter`, `some`, `every` and others, and the
// comparator of `sort`. A draft for each element would be slow, so callbacks see plain elements where the
// array is deeply frozen, and only the element that is found becomes a draft. If a callback writes to a
// plain element, that throws, and the search goes on from there with drafts.
import type { Dictionary } from '../../document/containers.ts'
import { describeValue } from '../../document/messages/describe.ts'
import { latestArray, readElement } from './array.ts'
import { stateOfThis } from '../child.ts'
import { isDeeplyFrozen } from '../deeply-frozen.ts'
import { baseIndexAt } from './element-origins.ts'
import { LeafState, type ElementOrigins, type State } from '../state.ts'

/** The number of running searches whose callbacks get plain elements. */
let searchesRunning = 0

/** Whether `value` may be a plain element that a callback takes for a draft. */
export const isShownToSearch = (value: unknown): boolean =>
  searchesRunning > 0 && typeof value === 'object' && value !== null && Object.isFrozen(value)

/**
 * The elements of an array's draft as one call of a method passes them to its callback: plain while the
 * callback cannot change anything through them, else drafts.
 */
export class SearchView {
  private readonly state: State
  private showsPlain: boolean

  constructor(state: State) {
    this.state = state
    // Compares the dates once, because `shownToSearch` asks for each element.
    if (state.scope.hasCopies === true) state.scope.isModified()
    this.showsPlain = isDeeplyFrozen(state.base, state.scope.leaves)
  }

  /** Returns the element at a place. */
  readFound(at: number): unknown {
    const { state, showsPlain: raw } = this
    const { scope, copy, children } = state
    const source = latestArray(state)
    const value = source[at]
    if (typeof value !== 'object' || value === null) return value
    if (raw && !scope.hasCopies && copy === null && children === null) return value
    const base = state.base as readonly unknown[]
    const from = baseIndexAt(state.origins as ElementOrigins, base.length, source.length, at)
    const isBase = from >= 0 && value === base[from]
    const child = isBase ? children?.get(from) : undefined
    const element =
      child === undefined ? value : child instanceof LeafState ? child.copy : child.proxy
    const given = scope.hasCopies === true ? scope.shownToSearch?.(element) : undefined
    return given ?? (raw && isBase ? element : readElement(state, at))
  }

  /**
   * Runs `run`, which passes elements to a callback. A callback that writes to a plain element throws a
   * TypeError, because the element is frozen; then `run` is called again, goes on with that element, and
   * passes drafts. Drafts from the start would be slow, for V8 optimises a callback for one kind of object.
   */
  run<T>(run: () => T): T {
    if (!this.showsPlain) return run()
    searchesRunning++
    try {
      return run()
    } catch (error) {
      if (!(error instanceof TypeError) || !this.showsPlain) throw error
      this.showsPlain = false
    } finally {
      searchesRunning--
    }
    return run()
  }
}

type Test = (value: unknown, at: number, draft: unknown) => unknown

/** Options of a search. */
interface SearchOptions {
  readonly wanted?: boolean
  readonly backwards?: boolean
  readonly holes?: boolean
  readonly each?: (is: boolean, at: number, state: State) => void
}

/**
 * Returns the first index where the test gives `wanted`, or -1. With `each` every element is visited and
 * the result is -1.
 */
function search(draft: unknown, [test, self]: [Test, unknown?], way: SearchOptions): Found {
  const state = stateOfThis(draft, 'array')
  if (typeof test !== 'function') throw new TypeError(`${describeValue(test)} is not a function`)
  const view = new SearchView(state)
  const call: Test =
    self === undefined ? test : (value, at) => Reflect.apply(test, self, [value, at, draft])
  const progress = { next: 0 }
  return view.run(() => ({ state, at: scan(state, view, call, draft, way, progress) }))
}

interface Found {
  readonly state: State
  readonly at: number
}

function scan(
  state: State,
  view: SearchView,
  test: Test,
  draft: unknown,
  { wanted = true, backwards = false, holes = true, each }: SearchOptions,
  progress: { next: number },
): number {
  const { length } = latestArray(state)
  for (let i = progress.next; i < length; i++) {
    progress.next = i
    const at = backwards ? length - 1 - i : i
    if (!holes && !(at in latestArray(state))) continue
    const is = Boolean(test(view.readFound(at), at, draft))
    if (each !== undefined) each(is, at, state)
    else if (is === wanted) return at
  }
  return -1
}

const elementAt = ({ state, at }: Found): unknown => (at < 0 ? undefined : readElement(state, at))

/** The searching methods of drafts; `this` is the draft. */
export const arraySearches: Dictionary = {
  find(this: unknown, ...args: [Test]) {
    return elementAt(search(this, args, {}))
  },
  findIndex(this: unknown, ...args: [Test]) {
    return search(this, args, {}).at
  },
  findLast(this: unknown, ...args: [Test]) {
    return elementAt(search(this, args, { backwards: true }))
  },
  findLastIndex(this: unknown, ...args: [Test]) {
    return search(this, args, { backwards: true }).at
  },
  some(this: unknown, ...args: [Test]) {
    return search(this, args, { holes: false }).at >= 0
  },
  every(this: unknown, ...args: [Test]) {
    return search(this, args, { wanted: false, holes: false }).at < 0
  },
  filter(this: unknown, ...args: [Test]) {
    const passed: unknown[] = []
    const each: SearchOptions['each'] = (is, at, state) => {
      if (is) passed.push(readElement(state, at))
    }
    search(this, args, { holes: false, each })
    return passed
  },
}
