// What the npm package holds.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

const test = suite('the npm package')

const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
})
const [{ files }] = JSON.parse(output) as [{ files: { path: string }[] }]
const paths = new Set(files.map(({ path }) => path))

test('holds README, GUIDE and LICENSE', () => {
  for (const file of ['README.md', 'GUIDE.md', 'LICENSE', 'dist/index.js'])
    assert.ok(paths.has(file), file)
})

test('has no dead link in them', () => {
  let links = 0
  for (const page of ['README.md', 'GUIDE.md']) {
    const text = readFileSync(page, 'utf8').replace(/```[^]*?```/g, '')
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      links++
      const [file, anchor] = (target as string).split('#') as [string, string?]
      if (/^https?:/.test(file)) continue
      const to = file === '' ? page : join(dirname(page), file)
      assert.ok(paths.has(to), `${page}: ${target}`)
      if (anchor === undefined) continue
      const titles = [...readFileSync(to, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
        (title as string)
          .toLowerCase()
          .replace(/[^\w\s-]/g, '')
          .replaceAll(' ', '-'),
      )
      assert.ok(titles.includes(anchor), `${page}: ${target}`)
    }
  }
  assert.ok(links > 0)
})

test('names no file that it does not hold', () => {
  for (const page of ['README.md', 'GUIDE.md']) {
    for (const [, file] of readFileSync(page, 'utf8').matchAll(
      /`((?:examples|spec|perf)\/[\w./-]+)`/g,
    )) {
      assert.ok(paths.has(file as string), `${page}: ${file}`)
    }
  }
})

test.run()
