// Reads an audit: the changes of one document in order, and its state at any time. The entries are a chain of commits, so
// their order does not rest on the clocks of those who wrote them.
import type { StoredDocument } from '../../adapters/contract.ts'
import { apply } from '../../changes/apply.ts'
import { createChangeSet } from '../../changes/change-set.ts'
import { diffSnapshots } from '../../changes/diff/diff.ts'
import { decodeOp } from '../../changes/encodings/json-ops.ts'
import { decodeValue } from '../../changes/encodings/json-values.ts'
import { EMPTY_OP, type ObjectOp } from '../../changes/ops/ops.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import type { Immutable } from '../../document/types.ts'
import { storageError } from '../calls/outcome.ts'
import type { Deadline } from '../calls/deadline.ts'
import type { IdentityMap } from '../identity-map.ts'
import type { Audit } from './audit-entries.ts'
import type { AuditEntry } from './audit-types.ts'

/** One entry as it is stored. */
interface StoredEntry {
  readonly _id: string
  readonly v: number
  readonly prev: string | null
  readonly at: Date
  readonly seq: number
  readonly kind: AuditEntry<object>['kind']
  readonly changes: readonly {
    readonly id: string
    readonly who: unknown
    readonly label?: string
    readonly meta?: unknown
    readonly ops?: string
  }[]
  readonly base?: string
}

/** Returns the changes of a document, the oldest first. O(its changes). */
export async function readHistory<T extends object>(
  identityMap: IdentityMap<T>,
  audit: Audit,
  id: unknown,
  deadline: Deadline,
): Promise<AuditEntry<T>[]> {
  const entries = await readEntries(identityMap, audit, id, deadline)
  const leaves = await audit.textLeaves
  const history: AuditEntry<T>[] = []
  let state: object = {}
  for (const entry of entries) {
    if (entry.kind === 'insert') state = endBefore(identityMap, history, entry)
    if (entry.base !== undefined) state = takeBase(identityMap, history, entry, state, leaves)
    for (const each of entry.changes) {
      const base = state
      const op = each.ops === undefined ? null : readOp(each.ops, leaves)
      state = op === null ? {} : (apply(base, op) as object)
      history.push(toEntry(identityMap, entry, each, { op, base, next: state }))
    }
  }
  return history
}

/** Returns the document as it was stored at a time; null: there was none. */
export async function readAt<T extends object>(
  identityMap: IdentityMap<T>,
  audit: Audit,
  id: unknown,
  time: number,
  deadline: Deadline,
): Promise<Immutable<T> | null> {
  const history = await readHistory(identityMap, audit, id, deadline)
  return history.findLast(({ at }) => at.getTime() <= time)?.state ?? null
}

/** Begins with nothing; a document that was there before was deleted by others, which is an entry without a name. */
function endBefore<T extends object>(
  identityMap: IdentityMap<T>,
  history: AuditEntry<T>[],
  { _id: id, at, v }: StoredEntry,
): object {
  const last = history.at(-1)
  if (last !== undefined && last.state !== null) {
    const named = { id, who: null }
    const nothing = { op: null, base: {}, next: {} }
    history.push(toEntry(identityMap, { at, kind: 'delete', v }, named, nothing))
  }
  return {}
}

/** Begins anew with a document that others wrote: what they changed is an entry without a name. */
function takeBase<T extends object>(
  identityMap: IdentityMap<T>,
  history: AuditEntry<T>[],
  entry: StoredEntry,
  state: object,
  leaves: Leaves,
): object {
  const base = identityMap.ingestRead(
    decodeValue(JSON.parse(entry.base as string), leaves) as object,
  ) as object
  const difference = diffSnapshots(state, base, identityMap.rules)
  if (difference === null) return state
  const { op, next } = difference
  const kind = history.at(-1)?.state == null ? 'insert' : 'update'
  const { prev, at, v } = entry
  const named = { id: prev ?? entry._id, who: null }
  history.push(toEntry(identityMap, { at, kind, v: v - 1 }, named, { op, base: state, next }))
  return next
}

function toEntry<T extends object>(
  { rules }: IdentityMap<T>,
  { at, kind, v }: Pick<StoredEntry, 'at' | 'kind' | 'v'>,
  { id, who, label, meta }: StoredEntry['changes'][number],
  {
    op,
    base,
    next,
  }: { readonly op: ObjectOp | null; readonly base: object; readonly next: object },
): AuditEntry<T> {
  const told = { ...(label !== undefined && { label }), ...(meta !== undefined && { meta }) }
  const version = kind === 'delete' ? 0 : v
  const info = { ...told, id, baseVersion: Math.max(0, v - 1), version, at: at.getTime() }
  return Object.freeze({
    id,
    at,
    who,
    kind,
    version,
    ...told,
    change: op && createChangeSet(op, base, next, rules.leaves, info),
    state: op && (next as Immutable<T>),
  })
}

/** Returns an op that was written as text; one that changes nothing where the text is none. */
const readOp = (text: string, leaves: Leaves): ObjectOp =>
  (decodeOp(JSON.parse(text), leaves) as ObjectOp | null) ?? EMPTY_OP

async function readEntries<T extends object>(
  { adapter }: IdentityMap<T>,
  audit: Audit,
  id: unknown,
  deadline: Deadline,
): Promise<StoredEntry[]> {
  const found: StoredDocument[] = []
  try {
    const query = { filter: { doc: { $eq: id } } }
    const limits = { timeoutMS: deadline.leftMS, primary: true }
    for await (const stored of adapter.find(audit.name, query, limits)) found.push(stored)
  } catch (error) {
    throw storageError(error)
  }
  return inOrder(found.map(({ doc }) => doc as StoredEntry))
}

/** Puts chains of one life of a document, from one insert to the next, in the order of their versions. */
function byVersion(chains: readonly (readonly StoredEntry[])[]): StoredEntry[] {
  const lives: (readonly StoredEntry[])[][] = [[]]
  for (const chain of chains) {
    const life = lives.at(-1) as (readonly StoredEntry[])[]
    // What has no end cannot lie before an insert: a clock was behind.
    const isOver = life.some(own => own[0]?.kind === 'insert' || own.at(-1)?.kind === 'delete')
    if (chain[0]?.kind === 'insert' && isOver) lives.push([chain])
    else life.push(chain)
  }
  const versionOf = ([first]: readonly StoredEntry[]): number => first?.v ?? 0
  return lives.flatMap(life => life.sort((a, b) => versionOf(a) - versionOf(b)).flat())
}

/** Returns entries in the order of their commits: chains in the order in which they began. */
function inOrder(entries: readonly StoredEntry[]): StoredEntry[] {
  const ids = new Set(entries.map(({ _id }) => _id))
  const after = new Map(entries.map(entry => [entry.prev, entry]))
  const firsts = entries.filter(({ prev }) => prev === null || !ids.has(prev))
  firsts.sort((a, b) => a.seq - b.seq)
  const chains = firsts.map(first => {
    const chain: StoredEntry[] = []
    for (let entry: StoredEntry | undefined = first; entry; entry = after.get(entry._id)) {
      chain.push(entry)
    }
    return chain
  })
  return byVersion(chains)
}
