import { CowslipError } from '../../document/errors.ts'
import { ingest, type Intake } from '../../document/ingest.ts'
import { Leaves, defaultLeaves, type Leaf } from '../../document/leaves.ts'
import type {
  Adapter,
  Capabilities,
  Commit,
  CommitResult,
  Query,
  StoredDocument,
} from '../contract.ts'
import { idKey } from '../ids.ts'
import { runQuery } from '../query.ts'
import { decide } from '../decide.ts'

type Documents = Map<string, StoredDocument>

/**
 * Documents in the memory of this process: for tests, for pages, and the reference for what other
 * adapters do. Filters run by `sift`.
 *
 * @example
 * import { memoryAdapter } from 'cowslip/memory'
 * const adapter = memoryAdapter()
 * await adapter.commit({ kind: 'insert', collection: 'people', id: 1, commitId: 'c1', next: { _id: 1 } })
 * await adapter.load('people', [1, 2]) // [{ doc: { _id: 1 }, version: 1, commitId: 'c1' }, null]
 */
export function memoryAdapter(): Adapter {
  return new MemoryAdapter()
}

class MemoryAdapter implements Adapter {
  readonly capabilities: Capabilities = Object.freeze({
    transactions: false,
    watch: 'none',
    multiProcess: false,
    partialUpdates: false,
  })
  private readonly collections = new Map<string, Documents>()
  private readonly leaves = new Map<string, Leaves>()
  private closed = false

  open(collection: string, options: { readonly leaves: readonly Leaf[] }): void {
    this.leaves.set(collection, new Leaves(options.leaves))
  }

  async load(collection: string, ids: readonly unknown[]): Promise<(StoredDocument | null)[]> {
    const documents = this.documents(collection)
    return ids.map(id => {
      const stored = documents.get(idKey(id))
      return stored === undefined ? null : this.handOut(collection, stored)
    })
  }

  async *find(collection: string, query: Query): AsyncIterable<StoredDocument> {
    for (const stored of runQuery(this.documents(collection).values(), query)) {
      yield this.handOut(collection, stored)
    }
  }

  async commit(commit: Commit): Promise<CommitResult> {
    const documents = this.documents(commit.collection)
    const key = idKey(commit.id)
    const decision = decide(documents.get(key) ?? null, commit)
    if (decision.status !== 'committed') return decision
    if (commit.kind === 'delete') documents.delete(key)
    else {
      const doc = ingest(commit.next, this.intake(commit.collection), () => []) as object
      const { version, commitId } = decision
      documents.set(key, Object.freeze({ doc, version, commitId }))
    }
    return decision
  }

  explain(commit: Commit): unknown {
    return commit
  }

  async close(): Promise<void> {
    this.closed = true
  }

  private documents(collection: string): Documents {
    if (this.closed) {
      throw new CowslipError(
        'closed',
        'Expected an open adapter. Received a call after `close()`. Make a new one.',
        { what: 'memory adapter' },
      )
    }
    let documents = this.collections.get(collection)
    if (documents === undefined) this.collections.set(collection, (documents = new Map()))
    return documents
  }

  private intake(collection: string): Intake {
    const leaves = this.leaves.get(collection) ?? defaultLeaves
    return { leaves, functions: false, finishDraft: () => null }
  }

  /** What can change in place is copied, so that nobody reaches what is stored. */
  private handOut(collection: string, stored: StoredDocument): StoredDocument {
    const doc = ingest(stored.doc, this.intake(collection), () => []) as object
    return doc === stored.doc ? stored : Object.freeze({ ...stored, doc })
  }
}
