// The commit of an update: its change set, and what it expects of the stored document; and the change set of an insert.
import type { Commit, FieldGuard, UpdateGuard } from '../../adapters/contract.ts'
import { createFieldGuards } from '../../adapters/field-guards.ts'
import { composeOps } from '../../changes/compose.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import { randomId } from '../../changes/random-id.ts'
import type { CommitPart } from '../trail/commit-part.ts'
import {
  createChangeSet,
  partsOf,
  type ChangeInfo,
  type ChangeSet,
} from '../../changes/change-set.ts'
import { diffSnapshots, type Difference } from '../../changes/diff/diff.ts'
import { BY_ID } from '../../changes/diff/identity.ts'
import type { StoreState } from '../../store/store-state.ts'
import type { Stamp } from '../fields/own-fields.ts'
import type { IdentityMap } from '../identity-map.ts'
import { createWholeChange } from '../versions/whole-change.ts'
import type { Update } from '../pipeline/commit-machine.ts'
import type { EditLayer } from './pending-edit.ts'

/** An update, or one that is only explained. */
type Explained = Omit<Update<EditLayer>, 'steps'> & Partial<Pick<Update<EditLayer>, 'steps'>>

/** Creates the commit of an update; `stamp` is what the collection sets beside it. */
export function createUpdate<T extends object>(
  { collection, concurrency, own, shapes, trail }: IdentityMap<T>,
  { id, olderDoc }: { readonly id: unknown; readonly olderDoc: object | null },
  store: StoreState<T>,
  { op, next, guard, commitId, steps }: Explained,
  stamp: Stamp | null,
): Extract<Commit, { kind: 'update' }> {
  const { state, version } = guard
  const { leaves, keys = BY_ID } = store.rules
  const info = { id: commitId, baseVersion: version }
  const sent = stamp === null ? op : (composeOps(op, stamp.op, leaves) as ObjectOp)
  const stored = own.strip(stamp?.next ?? next)
  const changeSet =
    olderDoc === null
      ? createChangeSet(sent, state, stored, leaves, info, store.createSource())
      : createWholeChange(olderDoc, stored, store.rules, info)
  const expected: UpdateGuard = { version, commitId: guard.commitId }
  // An edit of one version only is guarded by it, and so is a document of an older shape.
  const isAlone = steps?.[0]?.layer.isAlone === true || olderDoc !== null
  const isFree = concurrency !== 'version' && !isAlone
  const fields: FieldGuard[] =
    isFree && concurrency === 'fields' ? createFieldGuards(op, state, keys, leaves) : []
  // Nobody edits what another writer has marked as deleted.
  if (isFree && own.isSoftDelete) fields.push(own.guardOfMark(state))
  const commit: Extract<Commit, { kind: 'update' }> = {
    kind: 'update',
    collection,
    id,
    commitId,
    next: stored,
    changeSet,
    guard: isFree ? { ...expected, fields, shape: shapes.newest } : expected,
    ...shapes.ofWrites,
  }
  trail?.note(commit, partsOfUpdate(commit, steps ?? [], stamp, olderDoc !== null))
  return commit
}

/** Returns the change sets of an update for its trail: one for each edit, of which the last has what the collection set. */
function partsOfUpdate(
  { commitId, changeSet }: Extract<Commit, { kind: 'update' }>,
  steps: NonNullable<Explained['steps']>,
  stamp: Stamp | null,
  isWhole: boolean,
): CommitPart[] {
  const changing = steps.filter(({ made }) => made.op.keys.size > 0)
  const { op } = partsOf(changeSet)
  const last = (isWhole ? steps : changing).at(-1)
  const parts = (isWhole ? [] : changing.slice(0, -1)).map(({ layer, made }) =>
    toPart(randomId(), layer.edit, made.op),
  )
  if (last === undefined) return parts
  const own = last.made.op
  const stamped =
    stamp === null
      ? own
      : ({ kind: 'object', keys: new Map([...own.keys, ...stamp.op.keys]) } as const)
  return [...parts, toPart(commitId, last.layer.edit, isWhole ? op : stamped)]
}

const toPart = (id: string, { who, info }: EditLayer['edit'], op: ObjectOp): CommitPart => ({
  id,
  who,
  label: info.label,
  meta: info.meta,
  op,
})

/** Returns the change set of an insert: all fields, on nothing. */
export function createInsertChange<T extends object>(
  store: StoreState<T>,
  info: ChangeInfo,
): ChangeSet {
  const { rules, revision, state: next } = store
  const { op } = diffSnapshots({}, next, rules) as Difference
  const known = { ...info, baseVersion: 0, version: 1, at: Date.now() }
  return createChangeSet(op, {}, next, rules.leaves, known, store.createSource(null, revision))
}
