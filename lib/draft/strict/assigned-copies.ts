// Copies of the objects that a recipe assigns to a store's draft. `StoreScope.assign` copies at the moment
// of the assignment, so that the store never shares an object with its caller. This class remembers which
// object each copy was made of: searches find a copy by it, and at the end a change that the caller made to
// it since is refused (late-writes.ts).
import { emptyContainerLike, freezeNode, isDraftable } from '../../document/containers.ts'
import { Ingestion, type IngestRules } from '../../document/ingest.ts'
import { forEachItem, fillLike } from '../../document/items.ts'
import type { Path } from '../../document/paths/path.ts'
import { stateOf } from '../child.ts'
import type { Key } from '../state.ts'

/** The part of the edit that copies depend on. */
interface AssigningScope extends IngestRules {
  /** Whether a value is a draft of the edit: see `Scope` in state.ts. */
  isDraft(value: unknown): boolean
}

/** The copies that one edit made of assigned objects. */
export class AssignedCopies {
  private readonly scope: AssigningScope
  /** The caller's object, by each copy. */
  private readonly sources = new Map<object, object>()
  /** The copies, by each of the caller's objects; built at the first question. */
  private copies: Map<object, object[]> | null = null
  /** The keys under which a copy holds drafts, at or below them. */
  private draftKeys: Map<object, Key[]> | null = null
  /** While the edit is finished: the final value of each copy that holds drafts. */
  private finished: Map<object, { made: object; level: number }> | null = null
  /** The node or leaf that each new value was made of. */
  private origins: Map<object, object> | null = null

  constructor(scope: AssigningScope) {
    this.scope = scope
  }

  /** Returns a frozen copy of `value`, in which the drafts of this edit stay drafts. O(its nodes). */
  copy(value: object, at: () => Path): unknown {
    return new Assignment(this.scope, this, at).value(value)
  }

  note(copy: object, source: object): void {
    this.sources.set(copy, source)
    if (this.copies !== null) this.addCopy(copy, source)
  }

  /** Returns the caller's object that a copy was made of. */
  sourceOf(copy: object): object | undefined {
    return this.sources.get(copy)
  }

  /** Returns the copies that were made of the caller's object. */
  copiesOf(source: object): readonly object[] {
    if (this.copies === null) {
      this.copies = new Map()
      for (const [copy, from] of this.sources) this.addCopy(copy, from)
    }
    return this.copies.get(source) ?? []
  }

  private addCopy(copy: object, source: object): void {
    const known = this.copies?.get(source)
    if (known === undefined) this.copies?.set(source, [copy])
    else known.push(copy)
  }

  /** Notes the keys under which a copy holds drafts. */
  noteDrafts(copy: object): void {
    const keys: Key[] = []
    forEachItem(copy, (key, item) => {
      if (this.scope.isDraft(item) || this.draftKeysOf(item) !== undefined) keys.push(key)
    })
    if (keys.length === 0) return
    ;(this.draftKeys ??= new Map()).set(copy, keys)
  }

  /** Whether any copy holds drafts. */
  get holdsDrafts(): boolean {
    return this.draftKeys !== null
  }

  /** Returns the keys under which a copy holds drafts; undefined: it holds none. */
  draftKeysOf(copy: unknown): readonly Key[] | undefined {
    return this.draftKeys?.get(copy as object)
  }

  /**
   * Returns a copy in which drafts are replaced by their final values; made once until `reset`. `value` is
   * called with each draft and the number of levels above it; `level` is the level of the items of `copy`.
   */
  finish(copy: object, level: number, value: (draft: object, level: number) => unknown): object {
    const known = this.finished?.get(copy)
    if (known !== undefined && known.level >= level) return known.made
    const below = (_: unknown, item: unknown): unknown => {
      if (this.scope.isDraft(item)) return value(item as object, level)
      return this.draftKeysOf(item) === undefined
        ? item
        : this.finish(item as object, level + 1, value)
    }
    const made = freezeNode(fillLike(copy, emptyContainerLike(copy), below))
    ;(this.finished ??= new Map()).set(copy, { made, level })
    return made
  }

  noteOrigin(value: object, base: object): void {
    ;(this.origins ??= new Map()).set(value, base)
  }

  /** Returns the node or leaf that a new value was made of. */
  originOf(value: object): object | undefined {
    return this.origins?.get(value)
  }

  /** Prepares for finishing the edit, which may happen more than once. */
  reset(): void {
    this.finished = null
    this.origins = null
  }
}

/** One assignment: ingests a value, and notes copies and drafts. */
class Assignment extends Ingestion {
  private readonly scope: AssigningScope
  private readonly assigned: AssignedCopies
  private metDraft = false

  constructor(scope: AssigningScope, assigned: AssignedCopies, at: () => Path) {
    super(scope, at)
    this.scope = scope
    this.assigned = assigned
  }

  protected override isKept(value: object): boolean {
    const isDraft = this.scope.isDraft(value)
    this.metDraft ||= isDraft
    return isDraft
  }

  protected override noteCopy(copy: object, source: object): object {
    if (this.metDraft && isDraftable(copy)) this.assigned.noteDrafts(copy)
    if (copy !== source && stateOf(source) === undefined) this.assigned.note(copy, source)
    return copy
  }
}
