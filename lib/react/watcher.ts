// What one component sees of a store: the selected value, asked for again only when a place that it was read from was touched.
// `useStore` has one for each use.
import { readBelow, type Path } from '../document/paths/path.ts'
import { trackReads, type Selected } from './track-reads.ts'
import type { Watched } from './react-types.ts'

/** How a value is taken from a state. */
export interface Selection<T extends object, V> {
  /** Null: the value is what stands at `path`. */
  readonly selector: ((state: T) => V) | null
  readonly path: Path
  readonly equals: (a: V, b: V) => boolean
}

/** A value that was read. */
interface Reading<T extends object, V> extends Selected<V> {
  readonly selection: Selection<T, V>
  readonly state: T
}

/** The value of one component. */
export class Watcher<T extends object, V> {
  private readonly store: Watched<T>
  /** The reading that was shown last. */
  private last: Reading<T, V> | null = null
  /** The reading whose places are listened to. */
  private heard: Reading<T, V> | null = null
  private stops: (() => void)[] = []
  private notify: (() => void) | null = null

  constructor(store: Watched<T>) {
    this.store = store
  }

  /** Returns the value; the same one as long as nothing that it was read from was touched. */
  read(selection: Selection<T, V>): V {
    const { last, store } = this
    const state = store.state
    if (last !== null && isAlike(last.selection, selection)) {
      const isQuiet = this.notify !== null && this.heard === last
      if (last.state === state || isQuiet) return last.value
    }
    return this.readAgain(selection, state).value
  }

  private readAgain(selection: Selection<T, V>, state: T): Reading<T, V> {
    const { last } = this
    const { value, paths } = select(selection, state)
    const kept = last !== null && selection.equals(last.value, value) ? last.value : value
    return (this.last = { selection, state, value: kept, paths })
  }

  /** Listens, as `useSyncExternalStore` asks. */
  readonly subscribe = (notify: () => void): (() => void) => {
    this.notify = notify
    this.listen()
    return () => {
      this.notify = null
      this.heard = null
      this.stop()
    }
  }

  /** Listens to the places of what was shown. Called once it is on the page. */
  listen(): void {
    const { last, heard } = this
    if (this.notify === null || last === null || last === heard) return
    if (heard === null || !areSame(last.paths, heard.paths)) {
      this.stop()
      const { store } = this
      // One call for a change, however many of its places were touched.
      const hear = (): void => this.hear()
      this.stops =
        last.paths === null
          ? [store.subscribe(hear)]
          : last.paths.map(path => store.subscribe(hear, { path }))
    }
    this.heard = last
    // Something may have been committed since the value was read.
    if (this.store.state !== last.state) this.hear()
  }

  private hear(): void {
    const { heard, store } = this
    if (heard === null || heard.state === store.state) return
    let now
    try {
      now = this.readAgain(heard.selection, store.state)
    } catch {
      // It throws again where it is rendered.
      this.last = this.heard = null
      this.notify?.()
      return
    }
    this.listen()
    if (now.value !== heard.value) this.notify?.()
  }

  private stop(): void {
    for (const stop of this.stops) stop()
    this.stops = []
  }
}

function select<T extends object, V>({ selector, path }: Selection<T, V>, state: T): Selected<V> {
  if (selector !== null) return trackReads(selector, state)
  let place: { value: unknown } | null = { value: state }
  for (const segment of path) place = readBelow(place, segment)
  return { value: place?.value as V, paths: [path] }
}

/** Whether two selections are of the same value. */
const isAlike = <T extends object, V>(a: Selection<T, V>, b: Selection<T, V>): boolean =>
  a.selector === b.selector && a.path === b.path

function areSame(one: readonly Path[] | null, other: readonly Path[] | null): boolean {
  if (one === null || other === null) return one === other
  const isSame = (path: Path, at: number): boolean =>
    path.length === other[at]?.length && path.every((key, i) => key === other[at]?.[i])
  return one.length === other.length && one.every(isSame)
}
