// The types of `cowslip/react`.
import type { Path } from '../document/paths/path.ts'
import type { Conflict } from '../document/messages/errors.ts'

/** A store or a document, of `cowslip` or of `cowslip/light`, as the hooks need it. */
export interface Watched<T extends object> {
  readonly state: T
  subscribe(listener: () => unknown, options?: { readonly path?: any }): () => void
}

/** The state that a store has. */
export type StateOf<S> = S extends { readonly state: infer T extends object } ? T : never

/** A held edit that a form shows: see {@link useEdit}. */
export interface FormEdit<T, D> {
  /** The draft to write to: `form.draft.name = event.target.value`. */
  readonly draft: D
  /** The values as edited, frozen at the top; another object after each write. */
  readonly values: T
  /** Whether anything has another value than in the base; or something at or below a path. */
  dirty(path?: string | Path): boolean
  /** Returns the value at a path in the base. */
  original(path: string | Path): unknown
  /** The places where the last commit clashed with changes of others; empty after the next commit or rollback. */
  readonly conflicts: readonly Conflict[]
  /** Whether a commit of a document is under way. */
  readonly isPending: boolean
  /**
   * Commits, and begins anew on the state that this makes. Returns what `commit` of the edit returns. Where it clashes,
   * `conflicts` tells, the edit stays open, and the error is thrown on.
   */
  commit(options?: object): unknown
  /** Rolls back a path, or everything; the form stays open. */
  rollback(path?: string | Path): void
}
