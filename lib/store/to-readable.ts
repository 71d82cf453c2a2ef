// `toReadable`: a store as Svelte's components, and others that keep its contract, want it.
import { badArgumentError } from '../document/messages/errors.ts'

/** A store in Svelte's sense: `subscribe` calls its function with the state at once, and after each change. */
export interface Readable<T> {
  subscribe(run: (state: T) => void): () => void
}

/**
 * Returns a store or a live document as a readable store of Svelte, for `$board` in a component and for `derived`. Throws
 * `bad-argument` for anything else.
 *
 * @example
 * import { createStore, toReadable } from 'cowslip'
 * const board = createStore({ title: 'Groceries' })
 * const titles: string[] = []
 * const stop = toReadable(board).subscribe(({ title }) => void titles.push(title))
 * board.edit(draft => { draft.title = 'Shopping' })
 * stop()
 * titles // ['Groceries', 'Shopping']
 */
export function toReadable<T extends object>(store: {
  readonly state: T
  subscribe(listener: () => unknown): () => void
}): Readable<T> {
  if (typeof Object(store).subscribe !== 'function') {
    throw badArgumentError('store', 'a store or a document', store)
  }
  return {
    subscribe(run) {
      // First, so that a change that `run` makes is told too.
      const stop = store.subscribe(() => run(store.state))
      run(store.state)
      return stop
    },
  }
}
