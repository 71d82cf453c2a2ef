// The entries of an LMDB store's journal, and their order. Each writer's own entries are in order; those of several
// writers are brought in order document by document: each entry names the commit that its write followed.
//
//   insert A (after nothing) <- update B (after A) <- update C (after B) <- delete D (after C)     one chain
//   insert E (after nothing) <- ...                                                                the next one

/** An entry: when what was written. The version of a delete is 0. */
export interface JournalEntry {
  readonly at: number
  readonly collection: string
  /** The id as JSON. */
  readonly id: unknown
  readonly version: number
  readonly commitId: string
  /** The commit that was stored before; null: nothing was. */
  readonly before: string | null
}

/** Brings entries in order for each document. O(entries). */
export function orderByDocument(entries: readonly JournalEntry[]): JournalEntry[] {
  const groups = new Map<string, JournalEntry[]>()
  for (const entry of entries) {
    const key = JSON.stringify([entry.collection, entry.id])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [entry])
    else group.push(entry)
  }
  return [...groups.values()].flatMap(group => (group.length < 2 ? group : orderByCommit(group)))
}

type Chain = [JournalEntry, ...JournalEntry[]]

function orderByCommit(group: readonly JournalEntry[]): JournalEntry[] {
  const commits = new Set(group.map(({ commitId }) => commitId))
  const followers = new Map(group.map(entry => [entry.before, entry]))
  const chains: Chain[] = []
  for (const first of group) {
    if (first.before !== null && commits.has(first.before)) continue
    const chain: Chain = [first]
    let next = followers.get(first.commitId)
    while (next !== undefined && chain.length < group.length) {
      chain.push(next)
      next = followers.get(next.commitId)
    }
    chains.push(chain)
  }
  return chains.sort((a, b) => rankOf(a) - rankOf(b) || a[0].at - b[0].at).flat()
}

/** Ranks the chains of one document: what was there before, what came and went, what is there now. */
function rankOf(chain: Chain): number {
  if (chain[0].before !== null) return 0
  return chain.at(-1)?.version === 0 ? 1 : 2
}
