// The pictures of the guide are those that the script draws from a real edit.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

const test = suite('pictures')

interface Pictures {
  drawCopyOnWrite(): string
  drawCommit(): string
}

const read = (name: string): string => readFileSync(`examples/pictures/${name}.svg`, 'utf8')

test('the pictures in examples/pictures are up to date, and the guide shows them', async () => {
  const { href } = pathToFileURL('examples/pictures/draw.mjs')
  const { drawCopyOnWrite, drawCommit } = (await import(href)) as Pictures
  assert.ok(drawCopyOnWrite() === read('copy-on-write'), 'run `npm run pictures`')
  assert.ok(drawCommit() === read('commit'), 'run `npm run pictures`')
  const guide = readFileSync('GUIDE.md', 'utf8')
  for (const name of ['copy-on-write', 'commit']) {
    assert.match(guide, `(examples/pictures/${name}.svg)`)
  }
})

test('an edit of two fields copies the nodes on the way and shares the others', () => {
  const picture = read('copy-on-write')
  const count = (kind: string): number => picture.split(`class="${kind}"/>`).length - 1
  assert.equal([count('copied'), count('shared'), count('old')], [4, 3, 4])
})

test.run()
