import { spawnSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

const test = suite('npm start')

const tour = (...args: string[]) =>
  spawnSync(process.execPath, ['examples/run.mjs', 'examples/tour/main.ts', ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  })

test('shows what it promises, and proves every document; again with --keep', () => {
  const { status, stdout, stderr } = tour()
  assert.is(status, 0, stderr)
  for (const text of [
    'touched: area, translations, motto',
    'area: 551695 -> 643801',
    "borders[1]: - 'BEL'",
    'checkedAt: 2026-01-01T12:00:00.000Z -> 2026-01-15T12:00:00.000Z',
    'an equal object assigned: null',
    "after rollback('name.official'): area",
    'unsupported-value: Expected',
    'the snapshot is the same: true',
    "path: 'name.common' hears area, name",
    'equal to before: true',
    'ours clashed: stored is version 2 by now',
    'ours was made again on theirs: borders end with EST, version 3',
    'conflict: Expected changes that can stand together. Received two that clash at "status"',
    'all 250 documents on disk equal their plain copies',
  ]) {
    assert.ok(stdout.includes(text), `${text}\n${stdout}`)
  }
  const kept = tour('--keep')
  assert.is(kept.status, 0, kept.stderr)
  assert.match(kept.stdout, /France: version 3/)
  assert.match(kept.stdout, /all 250 documents on disk equal/)
})

test('bad arguments get a usage line', () => {
  const { status, stderr, stdout } = tour('nonsense')
  assert.is(status, 2)
  assert.match(stderr, /^usage: npm start/m)
  assert.is(stdout, '')
})

test.run()
