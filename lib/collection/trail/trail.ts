// What is written with a commit, or not at all: its entry in the audit, and the events that an application gave its edits.
// Whoever makes a commit notes its change sets here; whoever sends it asks for the writes beside it.
import type { Adapter, CallOptions, Commit } from '../../adapters/contract.ts'
import { partsOf } from '../../changes/change-set.ts'
import { diffSnapshots } from '../../changes/diff/diff.ts'
import type { ObjectOp } from '../../changes/ops/ops.ts'
import type { StoreRules } from '../../draft/strict/store-scope.ts'
import type { CollectionOptions } from '../collection-types.ts'
import type { IndexDefinition } from '../../adapters/contract-queries.ts'
import { Audit, AUDIT_INDEXES } from './audit-entries.ts'
import type { CommitPart } from './commit-part.ts'
import { Outbox, OUTBOX_INDEXES } from './outbox.ts'

type TrailOptions = Pick<CollectionOptions, 'audit' | 'events' | 'leaves' | 'timeoutMS'>

/** The writes beside the commits of one collection. */
export class Trail {
  readonly adapter: Adapter
  readonly audit: Audit | null
  readonly outbox: Outbox | null
  private readonly rules: StoreRules
  private readonly parts = new WeakMap<Commit, readonly CommitPart[]>()
  private readonly made = new WeakMap<Commit, Promise<readonly Commit[]>>()

  constructor(
    adapter: Adapter,
    collection: string,
    rules: StoreRules,
    { audit, events, leaves = [], timeoutMS }: TrailOptions,
  ) {
    this.adapter = adapter
    this.rules = rules
    this.audit = audit === undefined ? null : new Audit(adapter, collection, audit, rules, leaves)
    this.outbox = events === true ? new Outbox(adapter, collection, rules, timeoutMS) : null
  }

  /** The collections beside it, each with its indexes. */
  get indexes(): readonly (readonly [name: string, indexes: readonly IndexDefinition[]])[] {
    const { audit, outbox } = this
    return [
      ...(audit === null ? [] : [[audit.name, AUDIT_INDEXES] as const]),
      ...(outbox === null ? [] : [[outbox.name, OUTBOX_INDEXES] as const]),
    ]
  }

  /** Whether edits are kept, although together they change nothing. */
  keeps(steps: readonly { readonly made: { readonly op: ObjectOp } }[]): boolean {
    return steps.some(({ made }) => made.op.keys.size > 0)
  }

  /** Returns who makes a change now. */
  who(): unknown {
    return this.audit?.who()
  }

  /** Notes the change sets of a commit; without it a commit has one, of whoever there is when it is sent. */
  note(commit: Commit, parts: readonly CommitPart[]): void {
    this.parts.set(commit, parts)
  }

  /** Notes the one change set of a commit. */
  noteOne(commit: Commit, { label, meta }: Pick<CommitPart, 'label' | 'meta'>): void {
    this.note(commit, [this.partOf(commit, label, meta)])
  }

  /** Notes that a commit is stored, with all that accompanies it. */
  noteStored(commit: Commit): void {
    this.audit?.noteStored(commit)
  }

  /** Returns the writes that accompany a commit; the same ones for the same commit. */
  writesBeside(commit: Commit, limits: CallOptions): Promise<readonly Commit[]> {
    let writes = this.made.get(commit)
    if (writes === undefined) {
      writes = this.create(commit, limits)
      this.made.set(commit, writes)
      // What failed is tried again.
      writes.catch(() => this.made.delete(commit))
    }
    return writes
  }

  /**
   * Forgets the writes that accompany a commit, before it is sent again: what others have stored meanwhile stands before it in
   * the order of the trail.
   */
  renew(commit: Commit): void {
    this.made.delete(commit)
  }

  private async create(commit: Commit, limits: CallOptions): Promise<readonly Commit[]> {
    const parts = this.parts.get(commit) ?? [this.partOf(commit)]
    const events = this.outbox?.createEvents(commit, parts) ?? []
    if (this.audit === null) return events
    return [await this.audit.createEntry(commit, parts, limits), ...events]
  }

  private partOf(commit: Commit, label?: string, meta?: unknown): CommitPart {
    return { id: commit.commitId, who: this.who(), label, meta, op: opOf(commit, this.rules) }
  }
}

/** Returns the op of a commit; null for a delete. */
function opOf(commit: Commit, rules: StoreRules): ObjectOp | null {
  if (commit.kind === 'delete') return null
  if (commit.kind === 'update') return partsOf(commit.changeSet).op
  return diffSnapshots({}, commit.next, rules)?.op ?? null
}
