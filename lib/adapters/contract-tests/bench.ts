// The workbench of the contract's tests: one adapter, short forms of its calls, and checks of its answers.
import { createChangeSet } from '../../changes/change-set.ts'
import type { ObjectOp, Op } from '../../changes/ops/ops.ts'
import type { Dictionary } from '../../document/containers.ts'
import { isEqual } from '../../document/equality.ts'
import { ingest } from '../../document/ingest.ts'
import { defaultLeaves } from '../../document/leaves/leaves.ts'
import type {
  Adapter,
  Commit,
  CommitResult,
  StoredDocument,
  UpdateGuard,
  VersionGuard,
} from '../contract.ts'
import type { Query } from '../contract-queries.ts'

/** Throws an error that says what was expected and received, unless `condition` is true. */
export function expect(condition: boolean, expected: string, received?: unknown): void {
  if (condition) return
  const told =
    received === undefined ? '' : ` Received ${JSON.stringify(received) ?? String(received)}.`
  throw new Error(`Expected ${expected}.${told}`)
}

const snapshot = (value: object): object =>
  ingest(
    value,
    { leaves: defaultLeaves, inMemory: true, finishDraft: () => null },
    () => [],
  ) as object

/** Returns the op that replaces fields of `base` by those of `next`. */
function replacing(base: Dictionary, next: Dictionary): ObjectOp {
  const keys = new Map<string, Op>()
  for (const key of new Set([...Object.keys(base), ...Object.keys(next)])) {
    const [had, has] = [Object.hasOwn(base, key), Object.hasOwn(next, key)]
    if (had && has && isEqual(base[key], next[key], defaultLeaves)) continue
    if (!has) keys.set(key, { kind: 'unset', old: base[key] })
    else keys.set(key, { kind: 'set', value: next[key], ...(had && { old: base[key] }) })
  }
  return { kind: 'object', keys }
}

/** An adapter under test, with short forms of its calls. */
export class Bench {
  readonly adapter: Adapter
  private commits = 0

  constructor(adapter: Adapter) {
    this.adapter = adapter
    adapter.open?.('people', { leaves: [] })
    adapter.open?.('other', { leaves: [] })
  }

  /** Sends a commit. If its outcome is unknown, the adapter is asked what became of it. */
  async send(commit: Commit): Promise<CommitResult> {
    return this.settle(commit, await this.adapter.commit(commit))
  }

  /** Sends commits of different documents, together if the adapter can. */
  async sendMany(commits: readonly Commit[]): Promise<CommitResult[]> {
    if (this.adapter.commitMany === undefined) {
      return Promise.all(commits.map(commit => this.send(commit)))
    }
    const results = await this.adapter.commitMany(commits)
    return Promise.all(commits.map((commit, i) => this.settle(commit, results[i] as CommitResult)))
  }

  private async settle(commit: Commit, result: CommitResult): Promise<CommitResult> {
    if (result.status !== 'unknown') return result
    return (await this.adapter.resolve?.(commit)) ?? result
  }

  insert(doc: object, collection = 'people'): Promise<CommitResult> {
    return this.send(this.inserting(doc, collection))
  }

  inserting(doc: object, collection = 'people'): Commit {
    const { _id: id } = doc as Dictionary
    const commitId = `insert-${this.commits++}`
    return { kind: 'insert', collection, id, commitId, next: snapshot(doc) }
  }

  update(base: object, next: object, guard: UpdateGuard): Promise<CommitResult> {
    return this.send(this.updating(base, next, guard))
  }

  updating(base: object, next: object, guard: UpdateGuard): Commit {
    const [from, to] = [snapshot(base) as Dictionary, snapshot(next) as Dictionary]
    const change = createChangeSet(replacing(from, to), from, to, defaultLeaves, {})
    const commitId = `update-${this.commits++}`
    const id = to._id
    return {
      kind: 'update',
      collection: 'people',
      id,
      commitId,
      next: to,
      changeSet: change,
      guard,
    }
  }

  delete(id: unknown, guard: VersionGuard | 'none'): Promise<CommitResult> {
    return this.send(this.deleting(id, guard))
  }

  deleting(id: unknown, guard: VersionGuard | 'none'): Commit {
    const commitId = `delete-${this.commits++}`
    return { kind: 'delete', collection: 'people', id, commitId, guard }
  }

  async load(id: unknown, collection = 'people'): Promise<StoredDocument | null> {
    const [stored] = await this.adapter.load(collection, [id])
    return stored ?? null
  }

  async find(query: Query): Promise<Dictionary[]> {
    const found: Dictionary[] = []
    for await (const { doc } of this.adapter.find('people', query)) found.push(doc as Dictionary)
    return found
  }

  /** Checks that a document is stored at this version. */
  async holds(doc: object, version: number): Promise<StoredDocument> {
    const stored = await this.load((doc as Dictionary)._id)
    if (stored === null) throw new Error('Expected the document to be stored. Received nothing.')
    expect(
      isEqual(stored.doc, snapshot(doc), defaultLeaves),
      `the document ${JSON.stringify(doc)}`,
      stored.doc,
    )
    expect(stored.version === version, `version ${version}`, stored.version)
    return stored
  }
}

/** Checks that a write was committed at this version. Returns its guard. */
export function committed(result: CommitResult, version: number): VersionGuard {
  expect(
    result.status === 'committed' && result.version === version,
    `version ${version} committed`,
    result,
  )
  return result as { version: number; commitId: string }
}

/** Checks that a call is refused with this code. */
export async function refused(act: () => Promise<unknown>, code: string): Promise<void> {
  let received: unknown
  try {
    received = await act()
  } catch (error) {
    expect(
      (error as { code?: unknown }).code === code,
      `an error with the code ${code}`,
      String(error),
    )
    return
  }
  expect(false, `an error with the code ${code}`, received)
}

/** Tests of one subject, by name. */
export type Tests = Record<string, (bench: Bench) => Promise<void>>

interface Person {
  readonly _id: string
  readonly name: string
  readonly tags: readonly string[]
  readonly address: { readonly city: string }
}

/** One document in two states. */
export const ADA: Person = { _id: 'ada', name: 'Ada', tags: ['math'], address: { city: 'London' } }
export const PARIS: Person = { ...ADA, address: { city: 'Paris' } }
