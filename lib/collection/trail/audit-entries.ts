// What is kept of each commit of an audited collection: one document in a collection beside it, with the id of the commit,
// written in the same transaction. Its changes are texts, so that no name and no depth of a document is in the way.
//
//   { _id: <commit>, doc: <id>, v: 7, prev: <commit before>, at, seq, kind, touched: ['city'],
//     changes: [{ id, who, label, meta, ops: '["o",...]' }], base: '{...}' }
//
// `prev` makes a chain of the commits of a document, whatever the clocks of their writers say. A document that is deleted and
// inserted again begins another chain; chains are in the order of `seq`, which is the time in microseconds, and rises
// within one process. `base` is the whole document
// before, where the commit before is not in the audit: another program wrote it, or the audit began later.
import type { Adapter, CallOptions, Commit } from '../../adapters/contract.ts'
import type { IndexDefinition } from '../../adapters/contract-queries.ts'
import { apply } from '../../changes/apply.ts'
import { partsOf } from '../../changes/change-set.ts'
import { encodeOp } from '../../changes/encodings/json-ops.ts'
import { encodeValue } from '../../changes/encodings/json-values.ts'
import { invertOp } from '../../changes/invert.ts'
import { ingest } from '../../document/ingest.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { leavesOf, type Leaf } from '../../document/leaves/leaves.ts'
import { acceptLiveDraft, type StoreRules } from '../../draft/strict/store-scope.ts'
import { RecentIds } from '../calls/recent-ids.ts'
import { storageError } from '../calls/outcome.ts'
import type { AuditOptions } from './audit-types.ts'
import { nextSequence } from './sequence.ts'
import type { CommitPart } from './commit-part.ts'

/** The indexes of an audit. */
export const AUDIT_INDEXES: readonly IndexDefinition[] = [{ fields: { doc: 1, at: 1 } }]

/** Returns the name of the collection that keeps an audit. */
export const auditName = (collection: string): string => `${collection}.audit`

/** The audit of one collection. */
export class Audit {
  /** The collection that keeps the entries. */
  readonly name: string
  readonly adapter: Adapter
  private readonly options: AuditOptions
  private readonly rules: StoreRules
  private readonly leaves: readonly Leaf[]
  /** Commits that are known to be in the audit. */
  private readonly known = new RecentIds()
  private encoding: Promise<Leaves> | null = null

  constructor(
    adapter: Adapter,
    collection: string,
    options: AuditOptions,
    rules: StoreRules,
    leaves: readonly Leaf[],
  ) {
    this.name = auditName(collection)
    this.adapter = adapter
    this.options = options
    this.rules = rules
    this.leaves = leaves
  }

  /** Returns who makes a change now. */
  who(): unknown {
    const { who } = this.options
    return typeof who === 'function' ? (who as () => unknown)() : who
  }

  /** Notes that a commit is stored, and its entry with it. */
  noteStored({ commitId }: Commit): void {
    this.known.add(commitId)
  }

  /** The leaves by which changes are written as text. */
  get textLeaves(): Promise<Leaves> {
    return (this.encoding ??= (async () => {
      const own = (await this.adapter.textLeaves?.()) ?? []
      return leavesOf([...this.leaves, ...own])
    })())
  }

  /** Returns the insert of the entry of a commit. */
  async createEntry(
    commit: Commit,
    parts: readonly CommitPart[],
    limits: CallOptions,
  ): Promise<Commit> {
    const { commitId, id, kind } = commit
    const leaves = await this.textLeaves
    const guard = kind === 'insert' || commit.guard === 'none' ? null : commit.guard
    const base = kind === 'insert' ? null : await this.findBase(commit, leaves, limits)
    const next = {
      _id: commitId,
      doc: id,
      v: (guard?.version ?? 0) + 1,
      prev: guard?.commitId ?? null,
      at: new Date(),
      seq: nextSequence(),
      kind,
      touched: [...new Set(parts.flatMap(({ op }) => [...(op?.keys.keys() ?? [])]))],
      changes: parts.map(({ op, label, meta, who, ...part }) => ({
        ...part,
        who: who ?? null,
        ...(label !== undefined && { label }),
        ...(meta !== undefined && { meta }),
        ...(op !== null && { ops: JSON.stringify(encodeOp(op, leaves, [])) }),
      })),
      ...(base !== null && { base }),
    }
    const rules = { ...this.rules, finishDraft: acceptLiveDraft }
    const frozen = ingest(next, rules, () => []) as object
    return { kind: 'insert', collection: this.name, id: commitId, commitId, next: frozen }
  }

  /** Returns the document before a commit as text, where the commit before is not in the audit; else null. */
  private async findBase(
    commit: Exclude<Commit, { kind: 'insert' }>,
    leaves: Leaves,
    limits: CallOptions,
  ): Promise<string | null> {
    const before = commit.guard === 'none' ? null : commit.guard.commitId
    if (before !== null) {
      if (this.known.has(before)) return null
      const [entry = null] = await this.load(before, limits)
      if (entry !== null) {
        this.known.add(before)
        return null
      }
    }
    const base = baseOf(commit)
    return base === null ? null : JSON.stringify(encodeValue(base, leaves, []))
  }

  private async load(commitId: string, limits: CallOptions): Promise<readonly unknown[]> {
    try {
      return await this.adapter.load(this.name, [commitId], { ...limits, primary: true })
    } catch (error) {
      throw storageError(error)
    }
  }
}

/** Returns the stored document that a commit expects, as its writer knows it. */
function baseOf(commit: Exclude<Commit, { kind: 'insert' }>): object | null {
  if (commit.kind === 'delete') return commit.base ?? null
  return apply(commit.next, invertOp(partsOf(commit.changeSet).op)) as object
}
