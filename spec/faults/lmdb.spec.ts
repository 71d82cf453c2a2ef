import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { countRound, killRound } from './lmdb-faults.ts'

const root = mkdtempSync(join('build', 'faults-'))
process.on('exit', () => rmSync(root, { recursive: true, force: true }))

const test = suite('LMDB under faults')

test('a process killed while it writes loses nothing acknowledged', async () => {
  const path = join(root, 'kill')
  for (const ms of [60, 250]) {
    const { told, ...rest } = await killRound(path, ms)
    assert.ok(told > 10, `${told} acknowledged`)
    assert.equal(rest, { lost: [], halves: 0, unseen: [] })
  }
})

test('two processes with two writers each give the exact sum', async () => {
  for (const mode of ['version', 'fields'] as const) {
    const counts = { processes: 2, writers: 2, increments: 25, mode }
    assert.is(await countRound(join(root, `count-${mode}`), counts), 100)
  }
})

test.run()
