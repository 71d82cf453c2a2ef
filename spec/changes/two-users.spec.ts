import * as assert from 'uvu/assert'
import { ConflictError, createStore } from 'cowslip'
import { formatPath } from '../../lib/document/paths/path.ts'
import { suite } from '../support/suite.ts'
import { ROWS, type Row } from './two-users.ts'

const test = suite('two users')

const changeOf = (base: object, recipe: (draft: any) => void): any => {
  const store = createStore(base as any)
  const change = store.edit(recipe)
  return { store, change, state: store.state }
}

function checkMerged(row: Row): void {
  const mine = changeOf(row.base, row.mine)
  const theirs = changeOf(row.base, row.theirs)
  if (mine.change === null || theirs.change === null) {
    assert.equal(mine.change === null ? theirs.state : mine.state, row.merged)
    return
  }
  const over = mine.change.rebase(theirs.change)
  assert.equal(theirs.store.apply(over)?.isEmpty ?? true, over.isEmpty)
  assert.equal(theirs.store.state, row.merged)
  // Mine came first, theirs on top of it, and now mine is undone.
  const onMine = theirs.change.rebase(mine.change)
  mine.store.apply(onMine)
  mine.store.apply(mine.change.invert().rebase(onMine))
  assert.equal(mine.store.state, row.undone ?? theirs.state, 'undone')
}

function checkClash(row: Row, clash: NonNullable<Row['clash']>): void {
  const mine = changeOf(row.base, row.mine).change
  try {
    mine.rebase(changeOf(row.base, row.theirs).change)
    assert.unreachable('no conflict')
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
    const at = error.conflicts.map(({ path }) => formatPath(path).replaceAll('"', ''))
    assert.equal(at, clash.at)
  }
  for (const resolve of ['ours', 'theirs'] as const) {
    for (const how of [resolve, () => resolve]) {
      const { store, change } = changeOf(row.base, row.theirs)
      store.apply(mine.rebase(change, { resolve: how }))
      assert.equal(store.state, clash[resolve], resolve)
    }
  }
}

for (const row of ROWS) {
  test(row.name, () => (row.clash ? checkClash(row, row.clash) : checkMerged(row)))
}

test('the table has at least sixty rows', () => assert.ok(ROWS.length >= 60, `${ROWS.length}`))

test.run()
