// Edits with the rules of Immer. `produce` creates a `ProduceScope`. Unlike in stores, an inserted object
// stays the user's own object and is frozen at the end; in a recipe within another recipe nothing is
// frozen, because the result may hold drafts of the outer one.
import { freezeNode, isEnumerable } from '../../document/containers.ts'
import { copyAllProperties } from '../../document/items.ts'
import { onlyDateLeaves } from '../../document/leaves/leaf-kinds.ts'
import { freezeChildren, cacheForeignObject, getCopySource } from '../../document/foreign-facts.ts'
import { copyPlain, findShape, type Shape } from '../../document/shapes.ts'
import type { Path } from '../../document/paths/path.ts'
import { NO_SHAPE, readNote, attachNote } from '../../document/hidden-note.ts'
import { createArrayTraps, getArrayCopy } from '../arrays/array.ts'
import { deepFreeze } from './deep-freeze.ts'
import { collectionKind, DraftScope, explainOverflow } from '../draft-scope.ts'
import { getCopy } from '../object.ts'
import { DraftReplacer } from './draft-replacer.ts'
import { pathOf, type Key, type Kinds, type State } from '../state.ts'

/** The settings of one `produce`: see `Immer`. */
export interface Settings {
  autoFreeze: boolean
  useStrictShallowCopy: boolean | 'class_only'
}

/** The innermost scope whose recipe is running. */
let innermost: ProduceScope | null = null

/** The parts of the engine that `produce` has: `enableMapSet` and `enableArrayMethods` set them. */
export const produceKinds: { -readonly [K in keyof Kinds]: Kinds[K] } = {
  arrays: { traps: /* @__PURE__ */ createArrayTraps({}), isShown: null },
  collections: null,
}

/** One edit with the rules of Immer. */
export class ProduceScope extends DraftScope {
  readonly outer: ProduceScope | null
  readonly freezes: boolean
  private readonly strict: Settings['useStrictShallowCopy']
  private replacer: DraftReplacer | null
  private foreign: State[] | null

  constructor(base: object, settings: Settings) {
    super(base, onlyDateLeaves, true)
    this.strict = settings.useStrictShallowCopy
    this.outer = innermost
    this.freezes = settings.autoFreeze && innermost === null
    this.replacer = null
    this.foreign = null
  }

  get kinds(): Kinds {
    return produceKinds
  }

  /** Makes this scope the innermost, until `leave` or `end`: edits that begin are within it. */
  enter(): void {
    innermost = this
  }

  leave(): void {
    if (innermost === this) innermost = this.outer
  }

  override end(): void {
    if (innermost === this) innermost = this.outer
    this.live = false
  }

  copyBase(state: State): object | null {
    const { base } = state
    const note = readNote(base)
    if (note === undefined) this.noteForeign(state)
    if (this.strict === true || (this.strict && state.kind === 'class'))
      return copyAllProperties(base)
    if (Object.getPrototypeOf(base) !== Object.prototype) return null
    const known = note === undefined ? getCopySource(base) : null
    if (known !== null) {
      state.shape = known.shape
      return copyPlain(known.source, known.shape)
    }
    state.shape = note === undefined || note === NO_SHAPE ? findShape(base, true) : (note as Shape)
    if (note === undefined && state.shape !== null) cacheForeignObject(base)
    return copyPlain(base, state.shape)
  }

  /** Notes a changed state whose base no edit of ours made: its children are frozen at the end. */
  private noteForeign(state: State): void {
    if (this.freezes) (this.foreign ??= []).push(state)
  }

  finishInserted(state: State, key: Key, value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    const { kind } = state
    // As in Immer, a value under a symbol key is not frozen.
    const hidden = typeof key === 'symbol' && (kind === 'object' || kind === 'class')
    return this.replaceDrafts(value, this.freezes && !hidden, () => [...pathOf(state), key])
  }

  /** Returns the next state, or the base if nothing changed. The drafts are used up. */
  override finishRoot(): object {
    const next = super.finishRoot()
    this.freezeRest()
    return next
  }

  /** Returns a value that the recipe returned, with its drafts replaced by their final values, frozen. */
  finishReturned(value: object): unknown {
    const next = explainOverflow(() => this.replaceDrafts(value, this.freezes, () => []))
    this.freezeRest()
    return next
  }

  /** Freezes the parts of the result that no edit of ours made. */
  private freezeRest(): void {
    if (this.foreign !== null) {
      for (const state of this.foreign) {
        const { value, base } = state
        if (value === null || value === base || this.isHidden(state)) continue
        freezeChildren(base, value, deepFreeze)
      }
    }
    if (this.replacer !== null) this.replacer.freezeRest()
  }

  private replaceDrafts(value: object, freezes: boolean, path: () => Path): unknown {
    return (this.replacer ??= new DraftReplacer(this)).replaceAt(value, freezes, path)
  }

  /** Whether a state stands under a symbol or hidden key: as in Immer, such values are not frozen. */
  private isHidden(state: State): boolean {
    if (!this.readSymbolKey && !this.strict) return false
    for (let at: State = state; at.parent !== null; at = at.parent) {
      const { key, parent } = at
      if (parent.kind !== 'object' && parent.kind !== 'class') continue
      if (typeof key === 'symbol' || (this.strict && !isEnumerable(parent.base, key as string)))
        return true
    }
    return false
  }

  /** Returns the copy of a state that contains itself: the result contains itself too. */
  finishCycle(state: State): object {
    switch (state.kind) {
      case 'object':
      case 'class':
        return getCopy(state)
      case 'array':
        return getArrayCopy(state)
      case 'map':
      case 'set':
        return collectionKind(state, produceKinds).copy(state)
    }
  }

  freezeFinished(state: State, value: object, shape: Shape | null): object {
    if (!this.freezes || this.isHidden(state)) return value
    const { kind } = state
    const isObject = kind === 'object' || kind === 'class'
    if (!isObject && readNote(state.base) === undefined) this.noteForeign(state)
    attachNote(value, shape ?? NO_SHAPE)
    return kind === 'map' || kind === 'set' ? freezeNode(value) : Object.freeze(value)
  }
}
