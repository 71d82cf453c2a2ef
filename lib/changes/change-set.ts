// Change sets: the frozen value that tells what one edit changed. Stores and collections create them,
// listeners, adapters and users read them. A change set holds a tree of ops and the old and new values by
// reference; patches, JSON and everything else is derived from these two when it is asked for.
import { randomId } from './random-id.ts'
import { setOwn, type Dictionary } from '../document/containers.ts'
import { CowslipError, badArgumentError } from '../document/messages/errors.ts'
import { displayChange } from '#display'
import type { Leaves } from '../document/leaves/leaf-kinds.ts'
import { leavesOf, defaultLeaves, type Leaf } from '../document/leaves/leaves.ts'
import { parsePath } from '../document/paths/parse-path.ts'
import type { PathInput } from '../document/paths/path.ts'
import { composeOps } from './compose.ts'
import { rebaseOrThrow, type RebaseOptions } from './conflicts.ts'
import { copyMutableLeaves } from '../document/leaves/copy-mutable-leaves.ts'
import { toImmerPatches, type Patch } from './encodings/immer-patches.ts'
import { invertOp } from './invert.ts'
import { decodeOp, encodeOp } from './encodings/json-ops.ts'
import type { JSONObject, JSONValue } from './encodings/json-values.ts'
import {
  toJSONPatch,
  type JSONPatchOperation,
  type JSONPatchOptions,
} from './encodings/json-patch.ts'
import { mapOp } from './ops/map-op.ts'
import { EMPTY_OP, type ObjectOp } from './ops/ops.ts'
import { touchesPath } from './ops/touches-path.ts'
import {
  collectValues,
  composeValues,
  pickNested,
  rebaseValues,
  type NestedValues,
} from './ops/nested-values.ts'

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

interface ChangeParts {
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
export let isChangeSet: (value: unknown) => value is ChangeSet

let makeChangeSet: (parts: ChangeParts) => ChangeSet

/**
 * A frozen value that tells what one edit changed. It holds the ops and, unless it was made from ops alone,
 * the old and the new value of each touched top-level key; everything else is derived when it is asked for.
 * Memory is O(changed).
 *
 * @example
 * import { createStore } from 'cowslip'
 * const store = createStore({ name: 'Ada', tags: ['math'], age: 36 })
 * const change = store.edit(draft => {
 *   draft.name = 'Grace'
 *   draft.tags.push('navy')
 *   delete draft.age
 * })
 * change.touched // ['name', 'tags', 'age']
 * change.changes // { name: 'Grace', tags: ['math', 'navy'] }
 * change.removed // ['age']
 * change.originals // { name: 'Ada', tags: ['math'], age: 36 }
 */
export class ChangeSet {
  static {
    partsOf = change => change.#parts
    isChangeSet = (value): value is ChangeSet =>
      typeof value === 'object' && value !== null && #parts in value
    makeChangeSet = parts => new ChangeSet(parts)
    displayChange(this.prototype, change => change.#parts.op)
  }

  readonly #parts: ChangeParts
  #id: string | null = null
  #ops: ObjectOp | null = null

  private constructor(parts: ChangeParts) {
    if (parts === undefined) {
      throw badArgumentError('parts', 'the parts of a change', parts, 'Use `ChangeSet.from`.')
    }
    this.#parts = parts
    Object.freeze(this)
  }

  /**
   * Creates a change set from the JSON that `toJSON` wrote; the result has ops alone. Throws `bad-argument`
   * for anything else.
   */
  static from(json: unknown, options: { leaves?: readonly Leaf[] } = {}): ChangeSet {
    const leaves = options.leaves === undefined ? defaultLeaves : leavesOf(options.leaves)
    if (typeof json !== 'object' || json === null || (json as JSONObject).cowslip !== 1) {
      throw badArgumentError('json', 'a change set as `toJSON` writes it', json)
    }
    const { ops, ...rest } = json as JSONObject
    const op = decodeOp(ops, leaves) ?? EMPTY_OP
    if (op.kind !== 'object') throw badArgumentError('json', 'the ops of an object', ops)
    return makeChangeSet({ op, values: null, leaves, info: readChangeInfo(rest), source: null })
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
    const { op, values, info, leaves, source } = this.#parts
    return makeChangeSet({
      leaves,
      source: source && { ...source, from: source.to, to: null },
      op: invertOp(op) as ObjectOp,
      values: values && { before: values.after, after: values.before },
      info: info.version === undefined ? {} : { baseVersion: info.version },
    })
  }

  /**
   * Composes this change and `next`, which must have been made on its result, into one change set. The
   * result is empty if the two cancel. O(ops). Throws `bad-argument` for a change that cannot follow this
   * one.
   */
  compose(next: ChangeSet): ChangeSet {
    if (!isChangeSet(next)) throw badArgumentError('next', 'a change set', next)
    const [first, then] = [this.#parts, next.#parts]
    const op = (composeOps(first.op, then.op, first.leaves) as ObjectOp | null) ?? EMPTY_OP
    const { baseVersion } = first.info
    const { version, at, origin } = then.info
    return makeChangeSet({
      op,
      values: composeValues(op, first, then),
      leaves: first.leaves,
      info: {
        ...(origin !== undefined && { origin }),
        ...(baseVersion !== undefined && { baseVersion }),
        ...(version !== undefined && { version }),
        ...(at !== undefined && { at }),
      },
      source: joinSources([first.source, then.source], first.source?.from, then.source?.to),
    })
  }

  /**
   * Returns an equivalent change that applies after `over`; both were made on the same base. Inserts at one
   * place stand behind those of `over`, an edit follows its element, equal writes and removals agree. Where
   * the two clash (edit against removal, write against write or against an edit below, two orders of one
   * array) `resolve` decides which side stands. O(ops). Throws a `ConflictError` with every clash that
   * `resolve` leaves open.
   */
  rebase(over: ChangeSet, options: RebaseOptions = {}): ChangeSet {
    if (!isChangeSet(over)) throw badArgumentError('over', 'a change set', over)
    const [ours, theirs] = [this.#parts, over.#parts]
    const { leaves } = ours
    const op = rebaseOrThrow(ours.op, theirs.op, leaves, options) ?? EMPTY_OP
    const { baseVersion: _, version: __, ...info } = ours.info
    const { version } = theirs.info
    return makeChangeSet({
      op,
      values: rebaseValues(op, ours, theirs),
      leaves,
      info: { ...info, ...(version !== undefined && { baseVersion: version }) },
      source: joinSources([ours.source, theirs.source], theirs.source?.to),
    })
  }

  /**
   * Whether anything at, above or below `path` changed. Indices are places in the base. Where elements of
   * an array moved, a path below it counts as touched if its element did not keep its place. Throws `bad-
   * argument` for anything that is no path. O(depth).
   */
  touches(path: PathInput): boolean {
    return touchesPath(this.#parts.op, parsePath(path))
  }

  /**
   * Returns the change as a JSON Patch (RFC 6902). A reorder becomes moves; with `test`, a test of the old
   * value stands before each replace and remove.
   */
  toJSONPatch(options: JSONPatchOptions = {}): readonly JSONPatchOperation[] {
    return Object.freeze(toJSONPatch(this.ops, options).map(operation => Object.freeze(operation)))
  }

  /** Returns ops and metadata as plain JSON. Throws `unsupported-value` for a leaf without `encode`. */
  toJSON(): JSONObject {
    const { op, leaves, info } = this.#parts
    const { meta, ...known } = { ...info, id: this.id, origin: this.origin }
    return {
      cowslip: 1,
      ops: encodeOp(op, leaves, []),
      ...(known as JSONObject),
      ...(meta !== undefined && { meta: meta as JSONValue }),
    }
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

/** Returns the source of a change that was made from two; null: not by one store. */
function joinSources(
  [a, b]: readonly [ChangeSource | null, ChangeSource | null],
  from: number | null = null,
  to: number | null = null,
): ChangeSource | null {
  return a !== null && a.token === b?.token ? { token: a.token, from, to } : null
}

function needsBaseError(asked: string): CowslipError {
  return new CowslipError(
    'needs-base',
    `Expected a change set that knows values, to give its ${asked}. Received one made from ops ` +
      'alone. Apply it to a store, and ask the change that `apply` returns.',
    { asked },
  )
}

/** Creates the change set of `op`, which leads from `base` to `next`. */
export function createChangeSet(
  op: ObjectOp,
  base: object,
  next: object,
  leaves: Leaves,
  info: ChangeInfo,
  source: ChangeSource | null = null,
): ChangeSet {
  const values = {
    before: pickNested(op, key => (base as Dictionary)[key]),
    after: pickNested(op, key => (next as Dictionary)[key]),
  }
  return makeChangeSet({ op, values, leaves, info, source })
}

const ORIGINS: readonly unknown[] = ['local', 'remote', 'undo', 'redo']

function readChangeInfo(json: JSONObject): ChangeInfo {
  const info: Dictionary = {}
  const read = (key: keyof ChangeInfo, fits: (value: unknown) => boolean): void => {
    if (json[key] === undefined) return
    if (!fits(json[key])) throw badArgumentError(`json.${key}`, 'what `toJSON` writes', json[key])
    info[key] = json[key]
  }
  const isText = (value: unknown): boolean => typeof value === 'string'
  read('id', isText)
  read('label', isText)
  read('origin', value => ORIGINS.includes(value))
  for (const key of ['baseVersion', 'version', 'at'] as const) read(key, Number.isFinite)
  read('meta', () => true)
  return info
}
