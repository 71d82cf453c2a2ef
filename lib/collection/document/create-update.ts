// The commit of an update: its change set, and what it expects of the stored document; and the change set of an insert.
import type { Commit, FieldGuard, UpdateGuard } from '../../adapters/contract.ts'
import { createFieldGuards } from '../../adapters/field-guards.ts'
import { composeOps } from '../../changes/compose.ts'
import { EMPTY_OP, type ObjectOp } from '../../changes/ops/ops.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { randomId } from '../../changes/random-id.ts'
import type { CommitPart } from '../trail/commit-part.ts'
import { createChangeSet, type ChangeInfo, type ChangeSet } from '../../changes/change-set.ts'
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
  // Edits that cancel one another may leave nothing, not even another time.
  const sent =
    stamp === null ? op : ((composeOps(op, stamp.op, leaves) as ObjectOp | null) ?? EMPTY_OP)
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
    guard: isFree ? { ...expected, fields, ...shapes.ofWrites } : expected,
    ...shapes.ofWrites,
  }
  if (trail !== null && steps !== undefined) {
    const brought = olderDoc && (diffSnapshots(olderDoc, own.strip(state), store.rules)?.op ?? null)
    const ops = { first: brought, last: stamp?.op ?? null }
    trail.note(commit, partsOfUpdate(commitId, steps, ops, leaves))
  }
  return commit
}

/**
 * Returns the change sets of an update for its trail: one for each edit. The first has what brought an older shape on, the
 * last what the collection set.
 */
function partsOfUpdate(
  commitId: string,
  steps: NonNullable<Explained['steps']>,
  { first, last }: { readonly first: ObjectOp | null; readonly last: ObjectOp | null },
  leaves: Leaves,
): CommitPart[] {
  const changing = steps.filter(({ made }) => made.op.keys.size > 0)
  const all = changing.length > 0 ? changing : steps.slice(-1)
  return all.map(({ layer, made }, i) => {
    const isLast = i === all.length - 1
    const before = i === 0 ? composeOps(first, made.op, leaves) : made.op
    const op = (isLast ? composeOps(before, last, leaves) : before) ?? EMPTY_OP
    return toPart(isLast ? commitId : randomId(), layer.edit, op as ObjectOp)
  })
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
