import * as assert from 'uvu/assert'
import { createStore, type ChangeSet } from 'cowslip'
import { suite } from '../support/suite.ts'

const test = suite('what a commit costs beside a history')

const KEYS = Array.from({ length: 1_000 }, (_, i) => `k${i}`)

/** How many entries are written to Maps while `run` goes on: ops and what is composed of them are made of Maps. */
function entriesWritten(run: () => void): number {
  const { set } = Map.prototype
  let count = 0
  Map.prototype.set = function (key, value) {
    count++
    return set.call(this, key, value)
  }
  try {
    run()
  } finally {
    Map.prototype.set = set
  }
  return count
}

/** So that a group touches ever more keys. */
const table = (): any => ({
  cursor: 0,
  mine: 0,
  byId: Object.fromEntries(KEYS.map(key => [key, 0])),
})

function commits(n: number, commit: (write: (draft: any) => void) => void): void {
  for (let i = 0; i < n; i++) {
    commit(draft => {
      draft.byId[KEYS[i] as string]++
      draft.cursor++
    })
  }
}

const CASES: Record<string, (n: number) => void> = {
  'in one group': n => {
    const store = createStore(table())
    commits(n, write => store.edit(write, { group: 'g' }))
  },
  'in one group beside excluded paths': n => {
    const store = createStore(table(), { history: { exclude: ['cursor'] } })
    commits(n, write => store.edit(write, { group: 'g' }))
  },
  'beside changes from elsewhere': n => {
    const store = createStore(table())
    store.edit(draft => void draft.mine++)
    const other = createStore(table(), { history: false })
    commits(n, write => store.apply(other.edit(write) as ChangeSet))
  },
}

for (const [name, run] of Object.entries(CASES)) {
  test(`${name} a commit costs the same, however many there were`, () => {
    const [few, many] = [100, 1_000].map(n => entriesWritten(() => run(n)) / n) as [number, number]
    assert.ok(few > 1 && many < 2 * few, `${few} and ${many} entries for each commit`)
  })
}

test.run()
