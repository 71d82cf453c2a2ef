import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
// @ts-expect-error plain JavaScript, run as it is
import { runSpecFile } from './spec-files.mjs'
import { suite } from './suite.ts'

const test = suite('the runner')

/** What the runner makes of a spec file with this text. */
async function verdict(text: string, limit = 20): Promise<{ passed: number; failed: number }> {
  const folder = mkdtempSync(join('build', 'runner-'))
  try {
    const file = join(folder, 'a.mjs')
    writeFileSync(file, `import { suite } from 'uvu'\nconst t = suite('t')\n${text}`)
    const { passed, failed } = await runSpecFile(file, limit)
    return { passed, failed }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const good = "t('good', () => {})\n"

test('counts what passed', async () => {
  assert.equal(await verdict(`${good}${good}t.run()`), { passed: 2, failed: 0 })
})

test('counts what failed', async () => {
  const bad = "t('bad', () => { throw new Error('x') })\n"
  assert.equal(await verdict(`${good}${bad}t.run()`), { passed: 1, failed: 1 })
})

test('fails a file without a test, and one that forgets to run', async () => {
  assert.equal(await verdict('t.run()'), { passed: 0, failed: 1 })
  assert.equal(await verdict(good), { passed: 0, failed: 1 })
})

test('fails a hook that throws, which uvu calls success', async () => {
  const hook = "t.before(() => { throw new Error('x') })\n"
  assert.ok((await verdict(`${hook}${good}t.run()`)).failed > 0)
  const after = "t.after.each(() => { throw new Error('x') })\n"
  assert.ok((await verdict(`${after}${good}${good}t.run()`)).failed > 0)
})

test('fails a file that dies', async () => {
  assert.ok((await verdict(`${good}t('dies', () => process.exit(0))\nt.run()`)).failed > 0)
  assert.ok((await verdict("throw new Error('x')")).failed > 0)
})

test('kills a file that hangs', async () => {
  const hang = "t('hangs', () => { for (;;); })\n"
  assert.ok((await verdict(`${hang}t.run()`, 1)).failed > 0)
})

test.run()
