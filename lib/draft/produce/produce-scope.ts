import { freezeNode, isEnumerable } from '../../document/containers.ts'
import { copyAll } from '../../document/items.ts'
import { onlyDates } from '../../document/leaves/leaf-kinds.ts'
import { freezeChildren, noteMet, twinOf } from '../../document/foreign.ts'
import { copyPlain, findShape, type Shape } from '../../document/shapes.ts'
import type { Path } from '../../document/paths/path.ts'
import { MADE, readStamp, stamp } from '../../document/stamp.ts'
import { arrayCopyOf } from '../arrays/array.ts'
import { freezeBelow } from './deep-freeze.ts'
import { DraftScope, shallowEnough } from '../draft.ts'
import { mapCopyOf } from '../collections/map.ts'
import { copyOf } from '../object.ts'
import { setCopyOf } from '../collections/set.ts'
import { Settling } from './settle.ts'
import { pathOf, type Key, type State } from '../state.ts'

/** The settings of one `produce`; see `Immer`. */
export interface Settings {
  autoFreeze: boolean
  useStrictShallowCopy: boolean | 'class_only'
}

/** The innermost scope whose recipe is running. */
let running: ProduceScope | null = null

/**
 * An edit with Immer's rules: what the recipe puts in stays the user's own object, and is frozen at the end.
 * Within the recipe of another edit nothing is frozen, for what is made may hold drafts of that one.
 */
export class ProduceScope extends DraftScope {
  readonly outer: ProduceScope | null
  readonly freezes: boolean
  private readonly strict: Settings['useStrictShallowCopy']
  private settling: Settling | null
  private foreign: State[] | null

  constructor(base: object, settings: Settings) {
    super(base, onlyDates, true)
    this.strict = settings.useStrictShallowCopy
    this.outer = running
    this.freezes = settings.autoFreeze && running === null
    this.settling = null
    this.foreign = null
  }

  /** From here until `leave` or `end`, edits that begin are within this one. */
  enter(): void {
    running = this
  }

  leave(): void {
    if (running === this) running = this.outer
  }

  override end(): void {
    if (running === this) running = this.outer
    this.live = false
  }

  copyOf(state: State): object | null {
    const { base } = state
    const note = readStamp(base)
    if (note === undefined) this.meet(state)
    if (this.strict === true || (this.strict && state.kind === 'class')) return copyAll(base)
    if (Object.getPrototypeOf(base) !== Object.prototype) return null
    const known = note === undefined ? twinOf(base) : null
    if (known !== null) {
      state.shape = known.shape
      return copyPlain(known.twin, known.shape)
    }
    state.shape = note === undefined || note === MADE ? findShape(base, true) : (note as Shape)
    if (note === undefined && state.shape !== null) noteMet(base)
    return copyPlain(base, state.shape)
  }

  /** Adds a changed state whose base no edit of ours made: at the end its children are frozen. */
  private meet(state: State): void {
    if (this.freezes) (this.foreign ??= []).push(state)
  }

  take(state: State, key: Key, value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    const { kind } = state
    // As in Immer, what stands under a symbol is not frozen.
    const hidden = typeof key === 'symbol' && (kind === 'object' || kind === 'class')
    return this.settled(value, this.freezes && !hidden, () => [...pathOf(state), key])
  }

  /** The next state; the base if nothing changed. Consumes the drafts. */
  override settle(): object {
    const next = super.settle()
    this.freezeRest()
    return next
  }

  /** Replaces the drafts in a value that the recipe returned by their final values, and freezes it. */
  settleReturned(value: object): unknown {
    const next = shallowEnough(() => this.settled(value, this.freezes, () => []))
    this.freezeRest()
    return next
  }

  /** Freezes the parts of the result that no edit of ours made. */
  private freezeRest(): void {
    if (this.foreign !== null) {
      for (const state of this.foreign) {
        const { value, base } = state
        if (value === null || value === base || this.isHidden(state)) continue
        freezeChildren(base, value, freezeBelow)
      }
    }
    if (this.settling !== null) this.settling.end()
  }

  private settled(value: object, freezes: boolean, path: () => Path): unknown {
    return (this.settling ??= new Settling(this)).settledAt(value, freezes, path)
  }

  /** Whether a state stands under a symbol or a hidden key: as in Immer, that is not frozen. */
  private isHidden(state: State): boolean {
    if (!this.odd && !this.strict) return false
    for (let at: State = state; at.parent !== null; at = at.parent) {
      const { key, parent } = at
      if (parent.kind !== 'object' && parent.kind !== 'class') continue
      if (typeof key === 'symbol' || (this.strict && !isEnumerable(parent.base, key as string)))
        return true
    }
    return false
  }

  /** The copy of a state that contains itself: the result contains itself as well. */
  again(state: State): object {
    switch (state.kind) {
      case 'object':
      case 'class':
        return copyOf(state)
      case 'array':
        return arrayCopyOf(state)
      case 'map':
        return mapCopyOf(state)
      case 'set':
        return setCopyOf(state)
    }
  }

  close(state: State, value: object, shape: Shape | null): object {
    if (!this.freezes || this.isHidden(state)) return value
    const { kind } = state
    const isObject = kind === 'object' || kind === 'class'
    if (!isObject && readStamp(state.base) === undefined) this.meet(state)
    stamp(value, shape ?? MADE)
    return kind === 'map' || kind === 'set' ? freezeNode(value) : Object.freeze(value)
  }
}
