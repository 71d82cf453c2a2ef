// The fields that a collection sets itself. They are no part of an edit's op, so they make no clash and no step of a
// history; they come into the snapshots here.
//
//   createdAt, updatedAt   `timestamps`: set when a write is made for sending, and stored
//   deletedAt              `softDelete`: set by a delete instead of removing the document, and stored
//   computed fields        made of each state, never stored
import type { FieldGuard } from '../../adapters/contract.ts'
import type { Query } from '../../adapters/contract-queries.ts'
import { apply } from '../../changes/apply.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import { isPlainObject, setOwn, type Dictionary } from '../../document/containers.ts'
import { isEqual } from '../../document/equality.ts'
import { ingest, type IngestRules } from '../../document/ingest.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import { acceptLiveDraft, type StoreRules } from '../../draft/strict/store-scope.ts'
import { createPatchOp } from '../../store/edits/create-patch-op.ts'
import { BY_ID } from '../../changes/diff/identity.ts'
import { unreadableError } from '../calls/outcome.ts'
import { refuseThenable } from '../calls/refuse-thenable.ts'
import type { CollectionOptions } from '../collection-types.ts'
import type { Stamped } from '../pipeline/commit-machine.ts'

type OwnOptions = Pick<CollectionOptions, 'timestamps' | 'softDelete' | 'computed'>
type Computed = NonNullable<CollectionOptions['computed']>

const STAMPS: readonly string[] = ['createdAt', 'updatedAt']

/** Throws `bad-argument` for options of another shape, or of names that clash. */
export function checkOwnFields(options: OwnOptions, reserved: readonly string[]): void {
  const { computed = {} } = options
  if (typeof computed !== 'object' || computed === null || !isPlainObject(computed)) {
    throw badArgumentError('computed', 'an object of functions', computed)
  }
  const taken = ['_id', ...reserved, ...stampsOf(options)]
  for (const [name, compute] of Object.entries(computed)) {
    if (typeof compute !== 'function') {
      throw badArgumentError(`computed.${name}`, 'a function', compute)
    }
    if (taken.includes(name) || name === '' || name.startsWith('$') || name.includes('.')) {
      throw badArgumentError('computed', 'names of fields that are free', name)
    }
  }
}

const stampsOf = ({ timestamps, softDelete }: OwnOptions): string[] => [
  ...(timestamps === true ? STAMPS : []),
  ...(softDelete === true ? ['deletedAt'] : []),
]

/** The op that sets a stamp, beside the op of an update. */
export interface Stamp extends Stamped {
  readonly op: ObjectOp
}

/** The fields that one collection sets itself. */
export class OwnFields {
  /** Their names; null: there are none. */
  readonly keys: ReadonlySet<string> | null
  readonly isSoftDelete: boolean
  private readonly hasTimestamps: boolean
  private readonly computed: readonly (readonly [string, Computed[string]])[]
  private readonly collection: string
  private readonly rules: StoreRules
  private readonly ingestRules: IngestRules

  constructor(collection: string, rules: StoreRules, options: OwnOptions) {
    this.collection = collection
    this.rules = rules
    this.ingestRules = { ...rules, finishDraft: acceptLiveDraft }
    this.hasTimestamps = options.timestamps === true
    this.isSoftDelete = options.softDelete === true
    this.computed = Object.entries(options.computed ?? {})
    const names = [...stampsOf(options), ...this.computed.map(([name]) => name)]
    this.keys = names.length === 0 ? null : new Set(names)
  }

  /** Whether a name is that of a computed field. */
  isComputed(name: string): boolean {
    return this.computed.some(([own]) => own === name)
  }

  get hasComputed(): boolean {
    return this.computed.length > 0
  }

  /** Returns a snapshot with its computed fields. Throws `unreadable` if one of them throws. */
  complete<S extends object>(state: S): S {
    if (this.computed.length === 0) return state
    const stored = this.strip(state)
    const fields: Dictionary = {}
    for (const [name, compute] of this.computed) {
      setOwn(fields, name, this.compute(name, compute, stored))
    }
    return this.withFields(state, fields)
  }

  private compute(name: string, compute: Computed[string], state: object): unknown {
    try {
      const value = refuseThenable(name, compute(state))
      return value === undefined ? value : ingest(value, this.ingestRules, () => [name])
    } catch (error) {
      const { _id: id } = state as { _id?: unknown }
      throw unreadableError(
        { collection: this.collection, id },
        `the computed field ${name}`,
        error,
      )
    }
  }

  /** Returns a snapshot without its computed fields: the part that is stored. */
  strip<S extends object>(state: S): S {
    if (this.computed.length === 0) return state
    return this.withFields(
      state,
      Object.fromEntries(this.computed.map(([name]) => [name, undefined])),
    )
  }

  /**
   * Returns a new document as it is stored, with computed fields beside. `stamped` has the stamps, where it was done before.
   * Throws `bad-argument` for stamps that are none.
   */
  stampNew<S extends object>(state: S, stamped?: object): S {
    if (stamped !== undefined && this.hasTimestamps) {
      const { createdAt, updatedAt } = stamped as Record<string, unknown>
      return this.complete(this.withFields(state, { createdAt, updatedAt }))
    }
    const { createdAt, deletedAt } = state as { createdAt?: unknown; deletedAt?: unknown }
    if (this.isSoftDelete && deletedAt != null) {
      throw badArgumentError('deletedAt', 'nothing, for a new document', deletedAt, 'Leave it out.')
    }
    if (!this.hasTimestamps) return this.complete(state)
    if (createdAt !== undefined && !isDate(createdAt)) {
      throw badArgumentError('createdAt', 'a date, or nothing', createdAt)
    }
    const now = new Date()
    return this.complete(this.withFields(state, { createdAt: createdAt ?? now, updatedAt: now }))
  }

  /** Returns what is set of an update which leads to `next`. Null: nothing. */
  stampUpdate(next: object): Stamp | null {
    if (!this.hasTimestamps) return null
    const op = this.opOf(next, { updatedAt: new Date() })
    return { op, next: this.carry(next, op), carry: state => this.carry(state, op) }
  }

  /** Returns the op that marks a document as deleted, or no longer. */
  mark(state: object, isDeleted: boolean): ObjectOp {
    const now = new Date()
    const fields = { deletedAt: isDeleted ? now : undefined }
    return this.opOf(state, this.hasTimestamps ? { ...fields, updatedAt: now } : fields)
  }

  /** Returns a snapshot after an op of these fields alone, with what is computed of it. */
  carry<S extends object>(state: S, op: ObjectOp): S {
    return this.complete(apply(state, op) as S)
  }

  /** Returns a way to make a change in another state, if it is one of fields of the collection alone; else null. */
  carrierOf(op: ObjectOp): ((state: object) => object) | null {
    const { keys } = this
    const isOwn = keys !== null && [...op.keys.keys()].every(key => keys.has(key))
    return isOwn ? state => this.carry(state, op) : null
  }

  /** Whether a stored document is marked as deleted. */
  isDeleted(doc: object): boolean {
    return this.isSoftDelete && (doc as { deletedAt?: unknown }).deletedAt != null
  }

  /** Returns the guard of an update which is not guarded by version: the document is not marked as deleted. */
  guardOfMark(state: object): FieldGuard {
    const path = ['deletedAt']
    return Object.hasOwn(state, 'deletedAt')
      ? { path, has: true, value: null }
      : { path, has: false }
  }

  /** Returns a filter that leaves out what is marked as deleted. */
  visible(filter: NonNullable<Query['filter']>): NonNullable<Query['filter']> {
    return this.isSoftDelete ? { $and: [filter, { deletedAt: null }] } : filter
  }

  /** Whether two states are the same but for the fields of the collection. */
  isSameBeside(one: object, other: object): boolean {
    const { keys } = this
    if (keys === null) return isEqual(one, other, this.rules.leaves)
    const none = Object.fromEntries([...keys].map(key => [key, undefined]))
    return isEqual(this.withFields(one, none), this.withFields(other, none), this.rules.leaves)
  }

  private withFields<S extends object>(state: S, fields: Dictionary): S {
    const op = this.opOf(state, fields)
    return op.keys.size === 0 ? state : (apply(state, op) as S)
  }

  private opOf(state: object, fields: Dictionary): ObjectOp {
    const { leaves, keys = BY_ID, atomic } = this.rules
    return createPatchOp(state, fields, this.ingestRules, { leaves, keys, atomic, ordered: true })
  }
}

const isDate = (value: unknown): boolean => value instanceof Date && !Number.isNaN(value.getTime())
