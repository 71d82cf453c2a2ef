import { createCollection, type Collection, type CollectionOptions } from 'cowslip'
import type { Adapter, Commit, CommitResult } from 'cowslip/adapter-contract'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { code } from '../support/suite.ts'

export type Person = any

/** Two collections on one storage, as two processes would have. */
export function two(options: Partial<CollectionOptions> = {}) {
  const adapter = memoryAdapter()
  const open = (): Collection<Person> => createCollection<Person>('people', { adapter, ...options })
  return { adapter, ours: open(), theirs: open() }
}

/** A promise that must reject with this code. */
export async function rejects(promise: Promise<unknown>, expected: string): Promise<any> {
  try {
    await promise
  } catch (error) {
    assert.ok(code(expected)(error))
    return error
  }
  return assert.unreachable(`expected ${expected}`)
}

/** An adapter that does what `change` makes of each commit. */
export function altered(
  change: (commit: Commit, go: () => Promise<CommitResult>) => Promise<CommitResult>,
): Adapter {
  const inner = memoryAdapter()
  return {
    capabilities: inner.capabilities,
    load: (c, ids) => inner.load(c, ids),
    find: (c, query) => inner.find(c, query),
    commit: commit => change(commit, () => inner.commit(commit)),
    close: () => inner.close(),
  }
}

/** A document, anew each time. */
export const ada = () => ({
  _id: 'ada',
  name: 'Ada',
  tags: ['math'],
  address: { city: 'London' },
  n: 0,
})

/** The same adapter without `watch`, so that documents move only when they are read or written. */
export const withoutWatch = (adapter: Adapter): Adapter =>
  Object.create(adapter, { watch: { value: undefined } }) as Adapter
