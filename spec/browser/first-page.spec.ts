// The first page of the guide, as a user builds it with Vite: it is of the right types, and does what the guide says.
import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { suite } from '../support/suite.ts'
// @ts-expect-error plain JavaScript, run as it is
import { launchChromium } from '../support/chromium.mjs'

const test = suite('the first page of the guide')
const require = createRequire(import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'cowslip-first-'))

const section = readFileSync('GUIDE.md', 'utf8').split('### A first page\n')[1] as string
const code = /```tsx\n([^]*?)```/.exec(section)?.[1] as string

for (const part of ['package.json', 'dist']) {
  cpSync(part, join(folder, 'node_modules/cowslip', part), { recursive: true })
}
mkdirSync(join(folder, 'node_modules/@types'))
for (const name of [
  'react',
  'react-dom',
  'scheduler',
  '@types/react',
  '@types/react-dom',
  'csstype',
]) {
  const from = resolve('node_modules', name)
  symlinkSync(from, join(folder, 'node_modules', name), 'dir')
}
mkdirSync(join(folder, 'src'))
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
writeFileSync(join(folder, 'src/main.tsx'), code)
writeFileSync(
  join(folder, 'index.html'),
  '<!doctype html><link rel="icon" href="data:,"><div id="root"></div>' +
    '<script type="module" src="/src/main.tsx"></script>',
)

test('has at most 30 lines', () => {
  const lines = code.trimEnd().split('\n')
  assert.ok(lines.length <= 30, `${lines.length} lines`)
})

test('is of the right types', () => {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')
  const options =
    '--noEmit --strict --noUncheckedIndexedAccess --skipLibCheck --jsx react-jsx --target es2022'
  const more = '--module esnext --moduleResolution bundler --lib es2023,dom,dom.iterable'
  execFileSync(process.execPath, [tsc, ...`${options} ${more}`.split(' '), 'src/main.tsx'], {
    cwd: folder,
    stdio: 'pipe',
  })
})

test('adds, crosses out, undoes, and is there after a reload and in another tab', async () => {
  const { build, preview } = await import('vite')
  await build({ root: folder, configFile: false, logLevel: 'error' })
  const server = await preview({
    root: folder,
    configFile: false,
    logLevel: 'error',
    preview: { host: '127.0.0.1', port: 0 },
  })
  const browser = await launchChromium()
  try {
    const url = server.resolvedUrls?.local[0] as string
    const context = await browser.newContext()
    const trouble: string[] = []
    const open = async () => {
      const page = await context.newPage()
      page.on('pageerror', (error: Error) => trouble.push(String(error)))
      page.on('console', (message: any) => {
        if (message.type() === 'error') trouble.push(message.text())
      })
      await page.goto(url)
      return page
    }
    const page = await open()
    await page.getByRole('textbox').fill('Eggs')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByText('Eggs').click()
    await page.locator('s', { hasText: 'Eggs' }).waitFor()
    await page.getByText('Milk').click()
    await page.locator('s', { hasText: 'Milk' }).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.locator('s', { hasText: 'Milk' }).waitFor({ state: 'detached' })
    await page.reload()
    await page.locator('s', { hasText: 'Eggs' }).waitFor()
    const other = await open()
    await other.locator('s', { hasText: 'Eggs' }).waitFor()
    await other.getByText('Milk').click()
    await page.locator('s', { hasText: 'Milk' }).waitFor()
    assert.equal(await page.locator('li').allTextContents(), ['Milk', 'Eggs'])
    assert.equal(trouble, [])
  } finally {
    await browser.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test.run()
