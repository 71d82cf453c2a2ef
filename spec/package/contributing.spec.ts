// CONTRIBUTING.md leads to the right file: each row of its table names a file and names that stand in it.
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

const test = suite('CONTRIBUTING.md')
const page = readFileSync('CONTRIBUTING.md', 'utf8')

test('every stage leads to a file that has what it names', () => {
  const rows = [...page.matchAll(/^\| (.+?) +\| (lib\/\S+) +\| (.+?) +\|$/gm)]
  assert.ok(rows.length > 15, `${rows.length} rows`)
  for (const [, , file, names] of rows as unknown as string[][]) {
    const source = readFileSync(file as string, 'utf8')
    for (const [, name] of String(names)
      .split(', which')[0]!
      .split(';')[0]!
      .matchAll(/`(?:\w+\.)?(\w+)`/g)) {
      assert.match(source, new RegExp(`\\b${name}\\b`), `${name} in ${file}`)
    }
  }
})

test('every other file that it names exists', () => {
  const files = [...page.matchAll(/\b(?:lib|spec|perf)\/[\w/-]+\.(?:ts|mjs|md|json)\b/g)]
  assert.ok(files.length > 25)
  for (const [file] of files) readFileSync(file)
})

test.run()
