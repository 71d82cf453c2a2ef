// The contract under faults: the same tests on adapters whose calls fail, come twice, are overtaken and stall.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createCollection } from 'cowslip'
import {
  adapterContract,
  resolveCommit,
  withFaults,
  type Adapter,
  type Commit,
  type Fault,
  type FaultCall,
} from 'cowslip/adapter-contract'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { Random } from '../properties/random.ts'
import { code, suite } from '../support/suite.ts'

mkdirSync('build', { recursive: true })

const ANY: readonly Fault[] = ['fail-before', 'fail-after', 'twice', 'reorder', 'stall']
const HARMLESS: readonly Fault[] = ['twice', 'reorder', 'stall']

/** A third of the calls goes wrong. Reads and transactions only in ways that need no second try. */
function randomPlan(seed: number) {
  const random = new Random(seed)
  return ({ method, commits: [commit] }: FaultCall): Fault | null => {
    if (random.below(3) > 0) return null
    // Whether a delete without a guard deleted something cannot be found out.
    const isSettled = method === 'commit' && !(commit?.kind === 'delete' && commit.guard === 'none')
    return random.pick(isSettled ? ANY : HARMLESS)
  }
}

/** Runs every test of the contract under random faults. */
async function keepsContract(seeds: number, open: () => Adapter): Promise<void> {
  for (let seed = 1; seed <= seeds; seed++) {
    const plan = randomPlan(seed)
    for (const { name, run } of adapterContract(() => withFaults(open(), plan, { stallMS: 1 }))) {
      await run().catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${name}`, { cause: error })
      })
    }
  }
}

const contract = suite('the contract under faults')

contract('memory keeps every promise', () => keepsContract(30, memoryAdapter))

contract('LMDB keeps every promise', async () => {
  const folders: string[] = []
  const open = (): Adapter => {
    const path = mkdtempSync('build/faults-')
    folders.push(path)
    return lmdbAdapter({ path })
  }
  try {
    await keepsContract(2, open)
  } finally {
    for (const path of folders) rmSync(path, { recursive: true })
  }
})

contract.run()

const faults = suite('withFaults')

const insert = (id: string): Commit => ({
  kind: 'insert',
  collection: 'c',
  id,
  commitId: `insert-${id}`,
  next: Object.freeze({ _id: id }),
})

/** An adapter that lets the first call go wrong. */
function once(fault: Fault, options = {}) {
  const inner = memoryAdapter()
  const plan = ({ number }: FaultCall): Fault | null => (number === 0 ? fault : null)
  return { inner, adapter: withFaults(inner, plan, options) }
}

faults(
  'a call that fails before it is sent is not applied, one that fails after it is',
  async () => {
    for (const [fault, isStored] of [
      ['fail-before', false],
      ['fail-after', true],
    ] as const) {
      const { inner, adapter } = once(fault)
      assert.is((await adapter.commit(insert('a'))).status, 'unknown')
      assert.is((await inner.load('c', ['a']))[0] !== null, isStored)
      const read = once(fault).adapter
      await read.load('c', ['a']).then(() => assert.unreachable(), code('adapter'))
    }
  },
)

faults('a call that comes twice is applied once', async () => {
  const { inner, adapter } = once('twice')
  assert.is((await adapter.commit(insert('a'))).status, 'committed')
  assert.is((await inner.load('c', ['a']))[0]?.version, 1)
})

faults('a call is overtaken by the next one, or goes on when its time is over', async () => {
  const { adapter } = once('reorder', { stallMS: 5_000 })
  const order: string[] = []
  await Promise.all(['a', 'b'].map(id => adapter.commit(insert(id)).then(() => order.push(id))))
  assert.equal(order, ['b', 'a'])
  const alone = once('reorder', { stallMS: 5 }).adapter
  assert.is((await alone.commit(insert('a'))).status, 'committed')
})

faults('a stalled write that has less time is unknown, and is applied later', async () => {
  const { inner, adapter } = once('stall', { stallMS: 40 })
  assert.is((await adapter.commit(insert('a'), { timeoutMS: 5 })).status, 'unknown')
  assert.is((await inner.load('c', ['a']))[0], null)
  await new Promise(resolve => setTimeout(resolve, 60))
  assert.is((await inner.load('c', ['a']))[0]?.version, 1)
})

faults('a broken connection fails every call until it is back', async () => {
  const { adapter } = once('disconnect')
  assert.is((await adapter.commit(insert('a'))).status, 'unknown')
  assert.is((await adapter.commit(insert('b'))).status, 'unknown')
  const people = createCollection<any>('c', { adapter })
  await people.get('a').then(() => assert.unreachable(), code('adapter'))
  adapter.connect()
  assert.is(await people.get('a'), null)
  assert.is((await adapter.resolve!(insert('b'))).status, 'committed')
})

faults.run()

const resolving = suite('resolveCommit')

/** Makes document `a` at version 1 and an update of it; gives what `resolveCommit` says after `before`. */
async function outcome(before: (adapter: Adapter, update: Commit) => Promise<unknown>) {
  const adapter = memoryAdapter()
  await adapter.commit(insert('a'))
  const update = updateOf('ours', 1, 'insert-a')
  await before(adapter, update)
  return resolveCommit(adapter, update)
}

/** An update that says nothing of its change, which the memory adapter does not read. */
const updateOf = (commitId: string, version: number, last: string): Commit => ({
  kind: 'update',
  collection: 'c',
  id: 'a',
  commitId,
  next: Object.freeze({ _id: 'a', by: commitId }),
  changeSet: null as never,
  guard: { version, commitId: last },
})

resolving('a commit that was not applied is applied, one that was is recognised', async () => {
  assert.equal(await outcome(async () => {}), { status: 'committed', version: 2, commitId: 'ours' })
  const applied = await outcome((adapter, update) => adapter.commit(update))
  assert.equal(applied, { status: 'committed', version: 2, commitId: 'ours' })
})

resolving(
  'the ring tells of other writers up to 16 versions ahead, further ahead nobody can tell',
  async () => {
    const ahead = (versions: number, first?: string) =>
      outcome(async (adapter, update) => {
        let last = 'insert-a'
        if (first === 'ours') await adapter.commit(update)
        if (first === 'ours') last = 'ours'
        for (let v = first === 'ours' ? 2 : 1; v <= versions; v++) {
          const id = `x${v}`
          assert.is((await adapter.commit(updateOf(id, v, last))).status, 'committed')
          last = id
        }
      })
    assert.is((await ahead(1)).status, 'conflict')
    assert.is((await ahead(16)).status, 'conflict')
    assert.is((await ahead(17)).status, 'unknown')
    assert.equal(await ahead(5, 'ours'), { status: 'committed', version: 2, commitId: 'ours' })
    assert.equal(await ahead(16, 'ours'), { status: 'committed', version: 2, commitId: 'ours' })
    assert.is((await ahead(17, 'ours')).status, 'unknown')
  },
)

resolving('an update of a deleted document is missing, a delete of it is done', async () => {
  const gone = (adapter: Adapter): Promise<unknown> =>
    adapter.commit({ kind: 'delete', collection: 'c', id: 'a', commitId: 'd', guard: 'none' })
  assert.is((await outcome(gone)).status, 'missing')
  const adapter = memoryAdapter()
  await adapter.commit(insert('a'))
  await gone(adapter)
  const guard = { version: 1, commitId: 'insert-a' }
  const deletion: Commit = { kind: 'delete', collection: 'c', id: 'a', commitId: 'ours', guard }
  assert.is((await resolveCommit(adapter, deletion)).status, 'committed')
})

resolving('an adapter that never answers leaves it unknown when the time is over', async () => {
  const silent = withFaults(memoryAdapter(), () => 'fail-before')
  const result = await resolveCommit(silent, insert('a'), { timeoutMS: 50 })
  assert.is(result.status, 'unknown')
})

resolving.run()
