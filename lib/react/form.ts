// The held edit behind a form. It is begun again after each commit and rollback, and while nothing is written in it, after each
// change of the store, so that a form which nobody has touched shows what is stored.
import { badArgumentError, ConflictError, type Conflict } from '../document/messages/errors.ts'
import { parsePath } from '../document/paths/parse-path.ts'
import { lookUp, type Path, type PathInput } from '../document/paths/path.ts'
import type { FormCommitOptions, FormEdit } from './react-types.ts'

/** An open edit of a store or a document. */
export interface OpenFormEdit {
  readonly draft: object
  isModified(): boolean
  getChanges(): object
  getRemoved(): readonly string[]
  getAllOriginalData(): unknown
  subscribe(listener: () => unknown): () => void
  /** Called at the beginning of each write. */
  onWrite?: () => void
  rebase?(options: object): void
  commit(options?: object): unknown
  rollback(to?: PathInput): void
  savepoint?: () => unknown
  [Symbol.dispose](): void
}

/** A store or a document that forms edit. */
export interface Editable {
  begin(): OpenFormEdit
  subscribe(listener: () => unknown): () => void
}

const NO_CONFLICTS: readonly Conflict[] = Object.freeze([])

/** The edit of one form. */
export class Form {
  private readonly store: Editable
  private edit: OpenFormEdit
  private stopEdit: () => void = () => {}
  private shown: FormEdit<any, any, any> | null = null
  /** The state that the edit began on, and what is written. */
  private base: object = {}
  private values: object = {}
  private conflicts = NO_CONFLICTS
  private isPending = false
  private hasEnded = false
  /** Called at the beginning of each write, within the event that makes it: React sets an input back after that event. */
  onWrite: () => void = () => {}
  private readonly listeners = new Set<() => void>()

  constructor(store: Editable) {
    this.store = store
    this.edit = store.begin()
    this.listenToEdit()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    const own = (): void => listener()
    if (this.listeners.size === 0) this.stopStore = this.store.subscribe(() => this.hearStore())
    this.listeners.add(own)
    this.hearStore()
    return () => {
      this.listeners.delete(own)
      if (this.listeners.size === 0) this.stopStore()
    }
  }

  private stopStore: () => void = () => {}

  /** Returns what the form shows; the same object until something is written. */
  readonly read = (): FormEdit<any, any, any> => (this.shown ??= this.show())

  /** Discards what is written, for good. */
  end(): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.stopEdit()
    this.edit[Symbol.dispose]()
  }

  private show(): FormEdit<any, any, any> {
    const { edit, conflicts, isPending } = this
    // While it is committed, an edit answers nothing: the values are those that were written.
    if (!isPending) this.look()
    const { base, values } = this
    const at = (state: object, path: string | Path): unknown =>
      lookUp(state, parsePath(path))?.value
    return Object.freeze({
      draft: edit.draft,
      values,
      // What did not change is shared with the base.
      dirty: (path?: string | Path) =>
        path === undefined ? values !== base : !Object.is(at(values, path), at(base, path)),
      original: (path: string | Path) => at(base, path),
      conflicts,
      isPending,
      commit: (options?: FormCommitOptions) => this.commit(options),
      rollback: (path?: string | Path) => this.rollback(path),
    })
  }

  private look(): void {
    const { edit } = this
    this.base = this.values = edit.getAllOriginalData() as object
    if (!edit.isModified()) return
    const values: Record<string, unknown> = { ...this.base, ...edit.getChanges() }
    for (const key of edit.getRemoved()) delete values[key]
    this.values = Object.freeze(values)
  }

  private commit(given: FormCommitOptions | undefined): unknown {
    const { edit } = this
    const { resolve, ...options } = given ?? {}
    if (resolve !== undefined) {
      if (edit.rebase === undefined) {
        throw badArgumentError('resolve', 'a store or a document of `cowslip`', resolve)
      }
      edit.rebase({ resolve })
    }
    this.look()
    let made: unknown
    // The store tells of it before the edit has returned.
    this.isPending = true
    try {
      made = edit.commit(options)
    } catch (error) {
      throw this.noteFailure(error)
    }
    if (typeof (made as PromiseLike<unknown> | null)?.then !== 'function') {
      this.beginAgain()
      return made
    }
    this.tell()
    return (made as Promise<unknown>).then(
      change => (this.beginAgain(), change),
      (error: unknown) => {
        throw this.noteFailure(error)
      },
    )
  }

  private noteFailure(error: unknown): unknown {
    this.isPending = false
    if (error instanceof ConflictError) this.conflicts = error.conflicts
    this.tell()
    return error
  }

  private rollback(path: string | Path | undefined): void {
    if (path !== undefined) {
      const segments = parsePath(path)
      this.restore(path)
      // A clash there is none any more.
      this.conflicts = this.conflicts.filter(
        ({ path: at }) => !segments.every((key, i) => String(at[i]) === String(key)),
      )
      this.shown = null
      // With nothing else written, the form follows the store again.
      this.hearStore()
      return this.tell()
    }
    this.edit.rollback()
    this.beginAgain()
  }

  /** Rolls back a path. Edits of `cowslip/light` have no word for it: there the old value is assigned. */
  private restore(path: string | Path): void {
    const { edit } = this
    if (edit.savepoint !== undefined) return edit.rollback(path)
    const segments = parsePath(path)
    const key = segments.at(-1) as string
    const parent = segments.slice(0, -1)
    const target = parent.reduce<any>((at, segment) => at?.[segment as string], edit.draft)
    const old = lookUp(edit.getAllOriginalData(), segments)
    if (target === undefined) throw badArgumentError('path', 'a path of what is written', path)
    if (old === null) delete target[key]
    else target[key] = old.value
  }

  private beginAgain(): void {
    this.isPending = false
    this.conflicts = NO_CONFLICTS
    if (this.hasEnded) return
    this.stopEdit()
    this.edit = this.store.begin()
    this.listenToEdit()
    this.tell()
  }

  private listenToEdit(): void {
    this.stopEdit = this.edit.subscribe(() => {
      // What was shown since the last write shows it.
      if (this.shown === null) this.tell()
    })
    this.edit.onWrite = () => {
      this.shown = null
      this.onWrite()
    }
  }

  private hearStore(): void {
    if (this.hasEnded || this.isPending || this.edit.isModified()) return
    const { store } = this
    if (this.edit.getAllOriginalData() === (store as { state?: unknown }).state) return
    this.edit[Symbol.dispose]()
    this.beginAgain()
  }

  private tell(): void {
    this.shown = null
    for (const listener of this.listeners) listener()
  }
}
