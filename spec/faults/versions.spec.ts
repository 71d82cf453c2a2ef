import { freshFolder } from '../support/fresh-lmdb.ts'
import { lmdbAdapter } from 'cowslip/lmdb'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { versionsRound } from './versions.ts'

const test = suite('two programs that know different shapes (lmdb)')

for (const concurrency of ['version', 'fields']) {
  test(`nothing is lost, nothing half brought on, the unknown refused (${concurrency})`, async () => {
    const path = freshFolder()
    const adapter = lmdbAdapter({ path })
    try {
      const options = { documents: 600, edits: 600, concurrency }
      const round = await versionsRound(adapter, ['lmdb', path], options)
      assert.equal(round.wrong, [])
      const [edits1, edits2] = round.edits as [number, number]
      assert.equal([edits1 + round.refused[0]!, edits2], [600, 600])
      assert.is(round.refused[1], 0)
    } finally {
      await adapter.close()
    }
  })
}

test.run()
