// `StateTracker`: a log of changed top-level fields for any mutable record, without drafts. It is the small
// sibling of the draft engine and shares nothing with it but the rules of equality.
import { setOwn, type Dictionary } from '../document/containers.ts'
import { isEqual } from '../document/equality.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import { defaultLeaves } from '../document/leaves/leaves.ts'
import { defineView } from '../document/messages/define-view.ts'

/** Logged as the old value of a field that did not exist. */
const ABSENT: unique symbol = Symbol('absent')

/** The name of a field; editors complete those of the record, any text compiles. */
export type Field<T> = (keyof T & string) | (string & {})

/**
 * Logs changed top-level fields of a mutable record: call `trackChange` with the old value when a field
 * changes. O(1) to create, O(changed fields) of memory; no property is read before a method asks for it.
 * Throws `bad-argument` for anything but an object.
 *
 * @example
 * import { StateTracker } from 'cowslip'
 * const user = { name: 'Ada', age: 36 }
 * const tracker = new StateTracker(user)
 * tracker.trackChange('name', user.name)
 * user.name = 'Grace'
 * tracker.isModified() // true
 * tracker.getChanges() // { name: 'Grace' }
 * tracker.getOriginalValue('name') // 'Ada'
 * tracker.rollback()
 * user // { name: 'Ada', age: 36 }
 */
export class StateTracker<T extends object> {
  static {
    defineView('StateTracker', this.prototype, tracker => tracker.inspect())
  }

  private readonly data: T
  /** The old values by field; created at the first change. */
  private log: Map<string, unknown> | null

  constructor(data: T) {
    if (typeof data !== 'object' || data === null) {
      throw badArgumentError('data', 'an object to track', data)
    }
    this.data = data
    this.log = null
  }

  /**
   * Logs that `field` changes, or has just changed, from `oldValue`. Only the first old value of a field is
   * kept. `undefined` for a field that does not exist, or no longer holds `undefined`, means that the field
   * did not exist: rollback deletes it again. O(1).
   */
  trackChange(field: Field<T>, oldValue: unknown): void {
    if (typeof field !== 'string') throw badArgumentError('field', 'the name of a field', field)
    this.log ??= new Map()
    if (this.log.has(field)) return
    const heldUndefined = oldValue === undefined && this.has(field) && this.get(field) === undefined
    this.log.set(field, oldValue === undefined && !heldUndefined ? ABSENT : oldValue)
  }

  /** Whether any change is in the log. */
  isModified(): boolean {
    return this.log !== null && this.log.size > 0
  }

  /** Whether `field` is in the log, whatever its value is now. */
  hasChanged(field: Field<T>): boolean {
    return this.log !== null && this.log.has(field)
  }

  /** Returns the current value of each field in the log; deleted fields are left out. O(changed). */
  getChanges(): Partial<T> {
    const changes = {}
    for (const field of this.log?.keys() ?? []) {
      if (this.has(field)) setOwn(changes, field, this.get(field))
    }
    return changes
  }

  /** Returns the first old value of `field`; undefined if the field has not changed or did not exist. */
  getOriginalValue<K extends Field<T>>(field: K): (K extends keyof T ? T[K] : unknown) | undefined {
    const value = this.log?.get(field)
    return (value === ABSENT ? undefined : value) as K extends keyof T ? T[K] : unknown
  }

  /** Whether `field` is in the log and differs, by type and value, from its first old value. */
  compareField(field: Field<T>): boolean {
    if (!this.hasChanged(field)) return false
    const original = this.log?.get(field)
    if (original === ABSENT || !this.has(field)) return (original === ABSENT) === this.has(field)
    return !isEqual(original, this.get(field), defaultLeaves)
  }

  /** Puts every old value back, deletes fields that did not exist, and empties the log. O(changed). */
  rollback(): void {
    const { data, log } = this
    if (log === null) return
    // By key: an iterator of pairs creates an array for each.
    for (const field of log.keys()) restoreField(data, field, log.get(field))
    this.log = null
  }

  /** Accepts the record as it is: empties the log. */
  reset(): void {
    this.log = null
  }

  /** Returns a copy of the whole record as it was, one level deep. O(fields). */
  getAllOriginalData(): T {
    const copy = { ...this.data }
    for (const [field, original] of this.log ?? []) restoreField(copy, field, original)
    return copy
  }

  /** Counts the fields in the log. */
  changeCount(): number {
    return this.log?.size ?? 0
  }

  /** Returns the names of the fields in the log, sorted. */
  changedFieldNames(): string[] {
    return [...(this.log?.keys() ?? [])].sort()
  }

  /** Returns the log for people; `console.log(tracker)` shows it too. */
  inspect(): { modified: boolean; count: number; fields: string[] } {
    return {
      modified: this.isModified(),
      count: this.changeCount(),
      fields: this.changedFieldNames(),
    }
  }

  /**
   * Whether the record has a field: an own property, or an accessor of its class; never a member of
   * `Object.prototype`.
   */
  private has(field: string): boolean {
    return Object.hasOwn(this.data, field) || (field in this.data && !(field in Object.prototype))
  }

  private get(field: string): unknown {
    return (this.data as Dictionary)[field]
  }
}

function restoreField(record: object, field: string, original: unknown): void {
  if (original === ABSENT) delete (record as Dictionary)[field]
  else setOwn(record, field, original)
}
