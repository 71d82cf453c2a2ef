import { lmdbAdapter } from 'cowslip/lmdb'
import * as assert from 'uvu/assert'
import { freshFolder } from '../support/fresh-lmdb.ts'
import { suite } from '../support/suite.ts'
import { trailRounds } from './trail.ts'

const test = suite('audit and outbox under kills (lmdb)')

test('every trail rebuilds its document, no event is lost, all come in order', async () => {
  const path = freshFolder()
  const open = () => {
    const adapter = lmdbAdapter({ path })
    return { adapter, close: () => adapter.close() }
  }
  const { commits, events, wrong } = await trailRounds(open, 'lmdb', path, 3)
  assert.equal(wrong, [])
  assert.ok(commits > 0)
  assert.is(events, commits)
})

test.run()
