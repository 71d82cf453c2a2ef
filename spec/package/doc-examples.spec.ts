import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transformSync } from 'esbuild'
import * as assert from 'uvu/assert'
import { asModule, examplesOfDocs, examplesOfPage } from '../support/doc-examples.ts'
import { suite } from '../support/suite.ts'

const test = suite('examples in docs')

const folder = resolve('build/doc-examples')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

const examples = [
  ...examplesOfDocs('lib'),
  ...examplesOfPage('README.md'),
  ...examplesOfPage('GUIDE.md'),
]

examples.forEach((example, i) => {
  const { source, claims } = asModule(example)
  test(`${example.where} (${claims} claims)`, async () => {
    const { code } = transformSync(source, { loader: 'ts', target: 'es2022' })
    const file = `${folder}/${i}.js`
    writeFileSync(file, code)
    const { checked } = (await import(pathToFileURL(file).href)) as { checked: number }
    assert.is(checked, claims, 'every claim was reached')
  })
})

test('the guide tells of every error code', () => {
  const declared = readFileSync('lib/document/messages/errors.ts', 'utf8').split(
    'export type ErrorCode',
  )[0]
  const codes = [...String(declared).matchAll(/^  '?([a-z-]+)'?: /gm)].map(
    ([, code]) => code as string,
  )
  assert.ok(codes.length > 20)
  const guide = readFileSync('GUIDE.md', 'utf8')
  for (const code of codes) assert.match(guide, new RegExp(`^\\| \`${code}\` +\\|`, 'm'))
})

test('there are some, with claims', () => {
  assert.ok(examples.length >= 7)
  assert.ok(examples.every(example => asModule(example).claims > 0))
})

test.run()
