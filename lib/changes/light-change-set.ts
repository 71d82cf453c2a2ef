// Change sets as `cowslip/light` has them: the frozen value that tells what one edit changed, without what transforms or encodes
// it. It holds a tree of ops and the old and new values by reference; everything else is derived from these two when it is asked
// for. `ChangeSet` (change-set.ts) extends it; the library's own code tells both by one brand, and reads both by `partsOf`.
import { displayChange } from '#display'
import { randomId } from './random-id.ts'
import { setOwn, type Dictionary } from '../document/containers.ts'
import { CowslipError, badArgumentError } from '../document/messages/errors.ts'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import { copyMutableLeaves } from '../document/leaves/copy-mutable-leaves.ts'
import { toImmerPatches, type Patch } from './encodings/immer-patches.ts'
import { invertOp } from './invert.ts'
import { mapOp } from './ops/map-op.ts'
import type { ObjectOp } from './ops/ops.ts'
import { collectValues, pickNested, type NestedValues } from './ops/nested-values.ts'

/** The origin of a change: an edit here, another writer, or the history. */
export type Origin = 'local' | 'remote' | 'undo' | 'redo'

/** Metadata of a change: its id, origin, label and versions. */
export interface ChangeInfo {
  readonly id?: string
  readonly origin?: Origin
  readonly label?: string
  readonly meta?: unknown
  /**
   * The versions of the store before and after the commit; absent for a change that was not committed to a
   * store.
   */
  readonly baseVersion?: number
  readonly version?: number
  /** The time of the commit, in milliseconds since 1970. */
  readonly at?: number
}

/**
 * The store that made a change, and the revisions of its state that the change leads from and to; null: it leads from or
 * to a state that the store never had. Versions cannot say this, because edits that were stored by one update share one.
 */
export interface ChangeSource {
  /** The token of the store. */
  readonly token: object
  readonly from: number | null
  readonly to: number | null
}

/** The parts of a change set. */
export interface ChangeParts {
  readonly op: ObjectOp
  readonly values: NestedValues | null
  readonly leaves: Leaves
  readonly info: ChangeInfo
  /** The store that made the change; null for ops from elsewhere. */
  readonly source: ChangeSource | null
}

/** Gives the library's own code the parts of a change set, with mutable leaves that are not copied. */
export let partsOf: (change: ChangeSet) => ChangeParts

/** Whether `value` is a change set made by this library. */
export let isLightChangeSet: (value: unknown) => value is ChangeSet

/** Creates a change set of its parts. */
export let makeLightChange: (parts: ChangeParts) => ChangeSet

/**
 * A frozen value that tells what one edit changed: the ops and the old and the new value of each touched
 * top-level key; everything else is derived when it is asked for. What transforms or encodes it are functions
 * of `cowslip/light`. Memory is O(changed).
 */
export class ChangeSet {
  static {
    partsOf = change => change.#parts
    isLightChangeSet = (value): value is ChangeSet =>
      typeof value === 'object' && value !== null && #parts in value
    makeLightChange = parts => new ChangeSet(parts)
    displayChange(this.prototype, change => change.#parts.op)
  }

  readonly #parts: ChangeParts
  #id: string | null = null
  #ops: ObjectOp | null = null

  protected constructor(parts: ChangeParts) {
    if (parts === undefined) {
      throw badArgumentError(
        'parts',
        'the parts of a change',
        parts,
        'Edit a store, or decode one.',
      )
    }
    this.#parts = parts
    Object.freeze(this)
  }

  /** The ops as a tree, one op for each touched place; its `keys` are empty if nothing changed. */
  get ops(): ObjectOp {
    const { op, leaves } = this.#parts
    return (this.#ops ??= mapOp(op, value => copyMutableLeaves(value, leaves)))
  }

  /** The touched top-level keys, in the order of first touch. */
  get touched(): readonly string[] {
    return Object.freeze([...this.#parts.op.keys.keys()])
  }

  /** Whether nothing changed. */
  get isEmpty(): boolean {
    return this.#parts.op.keys.size === 0
  }

  /**
   * The new values of the touched keys that exist now. Throws `needs-base` for a change set made from ops
   * alone.
   */
  get changes(): Readonly<Record<string, unknown>> {
    return this.#record(this.#values('changes', 'after'))
  }

  /** The touched keys that no longer exist. Throws `needs-base` for a change set made from ops alone. */
  get removed(): readonly string[] {
    const after = this.#values('removed', 'after')
    return Object.freeze(this.touched.filter(key => !after.has(key)))
  }

  /**
   * The old values of the touched keys that existed. Throws `needs-base` for a change set made from ops
   * alone.
   */
  get originals(): Readonly<Record<string, unknown>> {
    return this.#record(this.#values('originals', 'before'))
  }

  /** Patches in Immer's format: `applyPatches(base, patches)` gives the next state. Throws `needs-base`. */
  get patches(): readonly Patch[] {
    return this.#patches(this.#parts.op, 'patches', 'after')
  }

  /** Inverse patches in Immer's format: `applyPatches(next, inverse)` gives the base. Throws `needs-base`. */
  get inverse(): readonly Patch[] {
    return this.#patches(invertOp(this.#parts.op) as ObjectOp, 'inverse', 'before')
  }

  /** The id of the change; created at the first access, kept by `toJSON`. */
  get id(): string {
    return (this.#id ??= this.#parts.info.id ?? randomId())
  }

  /** The origin of the change; `local` by default. */
  get origin(): Origin {
    return this.#parts.info.origin ?? 'local'
  }

  /** The label that the edit was given, for people. */
  get label(): string | undefined {
    return this.#parts.info.label
  }

  /** The metadata that the edit was given, for programs. */
  get meta(): unknown {
    return this.#parts.info.meta
  }

  /** The version of the store that the change was made on. */
  get baseVersion(): number | undefined {
    return this.#parts.info.baseVersion
  }

  /** The version of the store that the change led to. */
  get version(): number | undefined {
    return this.#parts.info.version
  }

  /** The time of the commit, in milliseconds since 1970. */
  get at(): number | undefined {
    return this.#parts.info.at
  }

  /** Returns the change set that undoes this one. */
  invert(): ChangeSet {
    return new ChangeSet(invertParts(this.#parts))
  }

  #values(asked: string, when: keyof NestedValues): ReadonlyMap<string, unknown> {
    const { op, values } = this.#parts
    if (values !== null) return collectValues(op, values, when)
    throw needsBaseError(asked)
  }

  #record(values: ReadonlyMap<string, unknown>): Readonly<Record<string, unknown>> {
    const record: Dictionary = {}
    for (const [key, value] of values)
      setOwn(record, key, copyMutableLeaves(value, this.#parts.leaves))
    return Object.freeze(record)
  }

  #patches(op: ObjectOp, asked: string, when: keyof NestedValues): readonly Patch[] {
    const { values, leaves } = this.#parts
    if (values === null) throw needsBaseError(asked)
    const root: Dictionary = {}
    values[when].forEach((value, key) => {
      setOwn(root, key, value)
    })
    const patches = toImmerPatches(op, root).map(patch => {
      const { value } = patch
      if (typeof value !== 'object' || value === null) return Object.freeze(patch)
      return Object.freeze({ ...patch, value: copyMutableLeaves(value, leaves) })
    })
    return Object.freeze(patches)
  }
}

/** Returns the parts of the change that undoes a change. */
export function invertParts({ op, values, info, leaves, source }: ChangeParts): ChangeParts {
  return {
    leaves,
    source: source && { ...source, from: source.to, to: null },
    op: invertOp(op) as ObjectOp,
    values: values && { before: values.after, after: values.before },
    info: info.version === undefined ? {} : { baseVersion: info.version },
  }
}

function needsBaseError(asked: string): CowslipError {
  return new CowslipError(
    'needs-base',
    `Expected a change set that knows values, to give its ${asked}. Received one made from ops ` +
      'alone. Apply it to a store, and ask the change that `apply` returns.',
    { asked },
  )
}

/** Returns the parts of the change of `op`, which leads from `base` to `next`. */
export function partsBetween(
  op: ObjectOp,
  base: object,
  next: object,
  leaves: Leaves,
  info: ChangeInfo,
  source: ChangeSource | null = null,
): ChangeParts {
  const values = {
    before: pickNested(op, key => (base as Dictionary)[key]),
    after: pickNested(op, key => (next as Dictionary)[key]),
  }
  return { op, values, leaves, info, source }
}
