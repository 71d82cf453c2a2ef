// What the recipe of a store assigns is copied at that moment. The edit knows the object that each copy was made
// of: to find it again by that one, and to refuse at the end what was done to it since.
import { emptyContainerLike, freezeNode, isDraftable } from '../../document/containers.ts'
import { Ingestion, type IngestRules } from '../../document/ingest.ts'
import { forEachItem, fillLike } from '../../document/items.ts'
import type { Path } from '../../document/paths/path.ts'
import { stateOf } from '../child.ts'
import type { Key } from '../state.ts'

/** The edit that makes the copies. */
interface AssigningScope extends IngestRules {
  /** See `Scope` in state.ts. */
  isDraft(value: unknown): boolean
}

/** The copies that one edit made of what its recipe assigned. */
export class AssignedCopies {
  private readonly scope: AssigningScope
  /** By each copy the caller's object. */
  private readonly sources = new Map<object, object>()
  /** By each of the caller's objects its copies; made when first asked for. */
  private copies: Map<object, object[]> | null = null
  /** By each copy with drafts in it the keys where they are, in it or further below. */
  private draftKeys: Map<object, Key[]> | null = null
  /** While the edit is finished: what becomes of each copy with drafts in it. */
  private finished: Map<object, { made: object; level: number }> | null = null
  /** By each new node, or changed copy of a mutable leaf, what it was made of. */
  private origins: Map<object, object> | null = null

  constructor(scope: AssigningScope) {
    this.scope = scope
  }

  /** A frozen copy of `value`, in which the drafts of this edit stay drafts. O(its nodes). */
  copy(value: object, at: () => Path): unknown {
    return new Assignment(this.scope, this, at).value(value)
  }

  note(copy: object, source: object): void {
    this.sources.set(copy, source)
    if (this.copies !== null) this.addCopy(copy, source)
  }

  /** The caller's object that a copy was made of. */
  sourceOf(copy: object): object | undefined {
    return this.sources.get(copy)
  }

  /** The copies that were made of the caller's object. */
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

  /** Notes which keys of a copy hold drafts, if any do. */
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

  /** The keys of a copy that hold drafts; undefined: it holds none. */
  draftKeysOf(copy: unknown): readonly Key[] | undefined {
    return this.draftKeys?.get(copy as object)
  }

  /**
   * A copy of what drafts in it have become by now, made once until `reset`. `value` is given each with the number
   * of levels above it; `level`: that of `copy`'s items.
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

  /** What a new node, or a changed copy of a mutable leaf, was made of. */
  originOf(value: object): object | undefined {
    return this.origins?.get(value)
  }

  /** Begins to finish the edit, which may be done again and again. */
  reset(): void {
    this.finished = null
    this.origins = null
  }
}

/** One assignment. */
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
