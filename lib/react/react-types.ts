// The types of `cowslip/react`.
import type { DottedPath, PathIn } from '../document/types.ts'
import type { Path, PathInput } from '../document/paths/path.ts'
import type { Conflict } from '../document/messages/errors.ts'
import type { RebaseOptions } from '../changes/conflicts.ts'
import type { EditOptions } from '../store/edits/edit-types.ts'

/** A store or a document, of `cowslip` or of `cowslip/light`, as the hooks need it. */
export interface Watched<T extends object> {
  readonly state: T
  subscribe(listener: () => unknown, options?: { readonly path?: PathInput }): () => void
}

/** The state that a store has. */
export type StateOf<S> = S extends { readonly state: infer T extends object } ? T : never

/** The value at a dotted path of `T`; unknown where the types do not tell. */
export type ValueAt<T, P extends string> = P extends `${infer K}.${infer Rest}`
  ? ValueAt<Step<T, K>, Rest>
  : Step<T, P>

type Step<T, K extends string> = 0 extends 1 & T
  ? any
  : T extends null | undefined | string | number | boolean | bigint | symbol
    ? undefined
    : T extends readonly (infer E)[]
      ? K extends `${number}`
        ? E | undefined
        : K extends 'length'
          ? number
          : unknown
      : K extends keyof T
        ? string extends keyof T
          ? T[K] | undefined
          : T[K]
        : unknown

/** The result of `commit` of an edit of `S`: a change set or null, or a promise of it. */
export type CommitOf<S> = S extends { begin(): { commit(...args: never): infer R } } ? R : unknown

/** Options of `commit` of a form. */
export interface FormCommitOptions extends EditOptions {
  /** The side that stands where the edit clashes with changes of others: see `rebase` of an edit. */
  readonly resolve?: RebaseOptions['resolve']
}

/** A held edit that a form shows: see {@link useEdit}. */
export interface FormEdit<T, D, R = unknown> {
  /** The draft to write to: `form.draft.name = event.target.value`. */
  readonly draft: D
  /** The values as edited, frozen at the top; another object after each write. */
  readonly values: T
  /** Whether anything has another value than in the base; or something at or below a path. */
  dirty(path?: PathIn<T>): boolean
  /** Returns the value at a path in the base. */
  original<const P extends DottedPath<T> | (string & {})>(path: P): ValueAt<T, P>
  original(path: Path): unknown
  /** The places where the last commit clashed with changes of others; empty after the next commit or rollback. */
  readonly conflicts: readonly Conflict[]
  /** Whether a commit of a document is under way. */
  readonly isPending: boolean
  /**
   * Commits, and begins anew on the state that this makes. Returns what `commit` of the edit returns. Where it clashes,
   * `conflicts` tells, the edit stays open, and the error is thrown on; `resolve: 'ours'` keeps what is written here where
   * the two clash, `'theirs'` what is stored, as `rebase` of an edit has it (not on stores of `cowslip/light`).
   */
  commit(options?: FormCommitOptions): R
  /** Rolls back a path, or everything; the form stays open. */
  rollback(path?: PathIn<T>): void
}
