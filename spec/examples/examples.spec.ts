import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

const test = suite('examples')

/** What each example must say. */
const SAYS: Record<string, readonly string[]> = {
  '01-store.ts': [
    'heard: address',
    'before: London - now: Paris',
    'nothing: null',
    'undone: {"name":"Ada","tags":["math"],"address":{"city":"London"}}',
  ],
  '02-open-edit.ts': [
    'changed: items, shipping',
    'back at the savepoint: {"shipping":{"city":"Paris","express":false},"items":[{"sku":"pen","qty":3}]}',
    'shipping changed: false',
    'committed: {"customer":"Grace","items":[{"sku":"pen","qty":3}],"shipping":{"city":"London","express":false}}',
  ],
  '03-collection-on-lmdb.ts': ['version 2', 'found Ada', 'visits 20', '"tags":["navy"]'],
  '05-instead-of-immer.ts': [
    '3 todos, 1 done',
    'logged: {"title":"Tea","done":true}',
    'same list: true',
  ],
  '06-two-users.ts': [
    "Ada    lines: + 'tea'",
    'Ada took back her tea, not the coffee: coffee, milk, bread',
    'and here it is again: coffee, milk, bread, tea',
    "a clash at title: mine 'Shopping', theirs 'Saturday'",
    'it stays: Saturday',
  ],
  '07-optimistic.ts': [
    'shown at once: pen, ink, pencil 3 wait',
    'remote pen, ink "as a gift"',
    'refused: No pencils are left',
    'reported: rejected',
    'saved: pen, ink "as a gift" version 3',
  ],
  '08-two-processes.ts': ['remote e4 e5 Nf3 Nc6 Bb5 a6', '6 moves, version 7'],
  '09-undo-among-others.ts': [
    'steps: add ink, new title',
    "Grace's card is still there: 1",
    'cannot undo "new title": Grace changed title since',
    'unless she is overruled: Plan',
  ],
  '10-orders-by-page.ts': [
    'page 2: 2026-1428 996, 2026-285 995, 2026-2142 994',
    "{ index: 'number_1', entries: 1, documents: 1 }",
    '9001 duplicate',
    '9002 inserted',
    '30 gifts are paid, 2971 orders are open',
  ],
  '11-moved-and-undone.ts': [
    'local "for the compiler": update ada, update grace, delete old',
    'ada has 75.00 euros, grace has 30.00 euros',
    'refused: Grace Hopper has not so much',
    'undo "for the compiler": insert old, update grace, update ada',
    'ada has 100.00 euros, grace has 5.00 euros - opened, thank you',
    'brought back: Nobody',
    '2 accounts, 3 with those deleted',
    "read: { first: 'Ada', last: 'Lovelace' }",
    'migrated: { done: 3, changed: 3 }',
    'of today: unreadable',
  ],
  '04-custom-adapter.ts': ['45 of 45 promises of the contract kept', '2 buy ink and paper'],
}

for (const file of readdirSync('examples').filter(name => /^\d\d-/.test(name))) {
  test(file, () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['examples/run.mjs', `examples/${file}`],
      {
        encoding: 'utf8',
        timeout: 60_000,
      },
    )
    assert.is(status, 0, `${stdout}\n${stderr}`)
    const says = SAYS[file] ?? []
    assert.ok(says.length > 0, 'this spec knows it')
    for (const text of says) assert.ok(stdout.includes(text), `${text}\n${stdout}`)
  })
}

test.run()
