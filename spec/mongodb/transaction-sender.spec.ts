// Which transactions share one of the server, without a server.
import * as assert from 'uvu/assert'
import type { Commit, CommitResult } from 'cowslip/adapter-contract'
import { TransactionSender } from '../../lib/adapters/mongodb/writes/transaction-sender.ts'
import { suite } from '../support/suite.ts'

const test = suite('transactions that share one of the server')

const insert = (id: unknown): Commit => {
  return { kind: 'insert', collection: 'c', id, commitId: `commit of ${String(id)}`, next: {} }
}
const committed = ({ commitId }: Commit): CommitResult => ({
  status: 'committed',
  version: 1,
  commitId,
})

/** Sends transactions of these documents at once. Returns the groups in which they went, and the results. */
async function send(
  all: readonly (readonly unknown[])[],
  answer: (commits: readonly Commit[]) => CommitResult[] = commits => commits.map(committed),
) {
  const groups: unknown[][] = []
  const sender = new TransactionSender(async commits => {
    groups.push(commits.map(({ id }) => id))
    await new Promise(resolve => setTimeout(resolve, 5))
    return answer(commits)
  })
  const results = await Promise.all(all.map(ids => sender.send(ids.map(insert), [], {})))
  return { groups, results: results.map(each => each.map(({ status }) => status).join()) }
}

test('different documents go together, in order', async () => {
  const { groups, results } = await send([[1, 2], [3], [4, 5]])
  assert.equal(groups, [[1, 2, 3, 4, 5]])
  assert.equal(results, ['committed,committed', 'committed', 'committed,committed'])
})

test('those that touch one document do not meet in a group', async () => {
  const { groups } = await send([[1, 2], [3], [2, 4], [1], [5]])
  assert.equal(groups, [
    [1, 2, 3, 5],
    [2, 4, 1],
  ])
})

test('a group has an end, and a large transaction goes alone', async () => {
  const large = Array.from({ length: 300 }, (_, i) => i)
  const { groups } = await send([large, ...Array.from({ length: 200 }, (_, i) => [`s${i}`])])
  assert.equal(
    groups.map(group => group.length),
    [300, 128, 72],
  )
})

test('where one is refused, each is sent by itself; an unknown outcome is told as it is', async () => {
  const refused = await send([[1], [2], [3]], commits =>
    commits.map(commit =>
      commits.some(({ id }) => id === 2) ? { status: 'conflict' } : committed(commit),
    ),
  )
  assert.equal(refused.groups, [[1, 2, 3], [1], [2], [3]])
  assert.equal(refused.results, ['committed', 'conflict', 'committed'])
  const unknown = await send([[1], [2]], commits =>
    commits.map(({ commitId }) => ({ status: 'unknown', commitId })),
  )
  assert.equal(unknown.groups, [[1, 2]])
  assert.equal(unknown.results, ['unknown', 'unknown'])
})

test('at most eight groups are under way, and what comes meanwhile makes the next ones larger', async () => {
  let [now, most] = [0, 0]
  const sizes: number[] = []
  const sender = new TransactionSender(async commits => {
    most = Math.max(most, ++now)
    sizes.push(commits.length)
    await new Promise(resolve => setTimeout(resolve, 5))
    now--
    return commits.map(committed)
  })
  const sent: Promise<unknown>[] = []
  for (let i = 0; i < 100; i++) {
    sent.push(sender.send([insert(i)], [], {}))
    await new Promise(resolve => setImmediate(resolve))
  }
  await Promise.all(sent)
  assert.is(most, 8)
  assert.ok(
    sizes.some(size => size > 5),
    sizes.join(),
  )
})

test('a transaction that reads goes as it is', async () => {
  let calls = 0
  const sender = new TransactionSender(async commits => {
    calls++
    return commits.map(committed)
  })
  const read = { collection: 'c', id: 9, version: 1, commitId: null, check: 'serial' } as const
  await Promise.all([sender.send([insert(1)], [read], {}), sender.send([insert(2)], [read], {})])
  assert.is(calls, 2)
})

test.run()
