// What the recipe of a store assigns is copied at that moment. The edit knows the object that each copy was made
// of: to find it again by that one, and to refuse at the end what was done to it since.
import { bareLike, freezeNode } from '../document/containers.ts'
import { Taking, type Intake } from '../document/ingest.ts'
import { eachItem, fillLike } from '../document/items.ts'
import type { Path } from '../document/path.ts'
import { stateOf } from './child.ts'
import type { Key } from './state.ts'

/** The edit that makes the copies. */
interface AssigningScope extends Intake {
  /** See `Scope` in state.ts. */
  isDraft(value: unknown): boolean
  holdsDrafts: boolean
}

/** The copies that one edit made of what its recipe assigned. */
export class Assigned {
  private readonly scope: AssigningScope
  /** By each copy the caller's object. */
  private readonly sources = new Map<object, object>()
  /** By each of the caller's objects its copies; made when first asked for. */
  private copies: Map<object, object[]> | null = null
  /** By each copy with drafts in it the keys where they are, in it or further below. */
  private holding: Map<object, Key[]> | null = null
  /** While the edit is finished: what becomes of each copy with drafts in it. */
  private finished: Map<object, object> | null = null
  /** By each new node, or changed copy of a mutable leaf, what it was made of. */
  private made: Map<object, object> | null = null

  constructor(scope: AssigningScope) {
    this.scope = scope
  }

  /** A frozen copy of `value`, in which the drafts of this edit stay drafts. O(its nodes). */
  take(value: object, at: () => Path): unknown {
    return new Assigning(this.scope, this, at).take(value)
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

  /** Notes which keys of a copy hold drafts. */
  noteDrafts(copy: object): void {
    this.scope.holdsDrafts = true
    const keys: Key[] = []
    eachItem(copy, (key, item) => {
      if (this.scope.isDraft(item) || this.draftsIn(item) !== undefined) keys.push(key as Key)
    })
    ;(this.holding ??= new Map()).set(copy, keys)
  }

  /** The keys of a copy that hold drafts; undefined: it holds none. */
  draftsIn(copy: unknown): readonly Key[] | undefined {
    return this.holding?.get(copy as object)
  }

  /** A copy of what drafts in it have become by now, made once until `reset`. */
  finish(copy: object, value: (draft: object) => unknown): object {
    const known = this.finished?.get(copy)
    if (known !== undefined) return known
    const below = (_: unknown, item: unknown): unknown => {
      if (this.scope.isDraft(item)) return value(item as object)
      return this.draftsIn(item) !== undefined ? this.finish(item as object, value) : item
    }
    const made = freezeNode(fillLike(copy, bareLike(copy), below))
    ;(this.finished ??= new Map()).set(copy, made)
    return made
  }

  noteMade(value: object, base: object): void {
    ;(this.made ??= new Map()).set(value, base)
  }

  /** What a new node, or a changed copy of a mutable leaf, was made of. */
  madeOf(value: object): object | undefined {
    return this.made?.get(value)
  }

  /** Begins to finish the edit, which may be done again and again. */
  reset(): void {
    this.finished = null
    this.made = null
  }
}

/** One assignment. */
class Assigning extends Taking {
  private readonly scope: AssigningScope
  private readonly assigned: Assigned
  /** How many drafts were met. */
  private drafts = 0

  constructor(scope: AssigningScope, assigned: Assigned, at: () => Path) {
    super(scope, at)
    this.scope = scope
    this.assigned = assigned
  }

  override take(value: unknown): unknown {
    if (this.scope.isDraft(value)) {
      this.drafts++
      return value
    }
    const taken = super.take(value)
    if (taken !== value && stateOf(value) === undefined) {
      this.assigned.note(taken as object, value as object)
    }
    return taken
  }

  override inside(value: object): object {
    const before = this.drafts
    const node = super.inside(value)
    if (this.assigned.draftsIn(node) !== undefined) this.drafts++
    else if (this.drafts > before) this.assigned.noteDrafts(node)
    return node
  }
}
