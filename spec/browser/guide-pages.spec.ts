// The pages of the guide, as a user builds them with Vite: they are of the right types, and do what the guide says.
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

const test = suite('the pages of the guide')
const require = createRequire(import.meta.url)
const guide = readFileSync('GUIDE.md', 'utf8')

/** Makes a project of the page under a heading. */
function createProject(heading: string): { folder: string; code: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cowslip-page-'))
  const section = guide.split(`### ${heading}\n`)[1] as string
  const code = /```tsx\n([^]*?)```/.exec(section)?.[1] as string
  for (const part of ['package.json', 'dist']) {
    cpSync(part, join(folder, 'node_modules/cowslip', part), { recursive: true })
  }
  mkdirSync(join(folder, 'node_modules/@types'))
  const packages = 'react react-dom scheduler @types/react @types/react-dom csstype'
  for (const name of packages.split(' ')) {
    symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name), 'dir')
  }
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'src/main.tsx'), code)
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><link rel="icon" href="data:,"><div id="root"></div>' +
      '<script type="module" src="/src/main.tsx"></script>',
  )
  return { folder, code }
}

function checkTypes(folder: string): void {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')
  const options =
    '--noEmit --strict --noUncheckedIndexedAccess --skipLibCheck --jsx react-jsx --target es2022'
  const more = '--module esnext --moduleResolution bundler --lib es2023,dom,dom.iterable'
  execFileSync(process.execPath, [tsc, ...`${options} ${more}`.split(' '), 'src/main.tsx'], {
    cwd: folder,
    stdio: 'pipe',
  })
}

/** Builds a project, and hands to `use` what opens its page in another tab. Nothing may go wrong in any of them. */
async function drive(folder: string, use: (open: () => Promise<any>) => Promise<void>) {
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
    await use(async () => {
      const page = await context.newPage()
      page.on('pageerror', (error: Error) => trouble.push(String(error)))
      page.on('console', (message: any) => {
        if (message.type() === 'error') trouble.push(message.text())
      })
      await page.goto(url)
      return page
    })
    assert.equal(trouble, [])
  } finally {
    await browser.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const button = (page: any, name: string) => page.getByRole('button', { name, exact: true })

test('a first page has 30 lines, adds, crosses out, undoes, and is there after a reload and in another tab', async () => {
  const { folder, code } = createProject('A first page')
  const lines = code.trimEnd().split('\n')
  assert.ok(lines.length <= 30, `${lines.length} lines`)
  checkTypes(folder)
  await drive(folder, async open => {
    const page = await open()
    await page.getByRole('textbox').fill('Eggs')
    await button(page, 'Add').click()
    await page.getByText('Eggs').click()
    await page.locator('s', { hasText: 'Eggs' }).waitFor()
    await page.getByText('Milk').click()
    await page.locator('s', { hasText: 'Milk' }).waitFor()
    await button(page, 'Undo').click()
    await page.locator('s', { hasText: 'Milk' }).waitFor({ state: 'detached' })
    await page.reload()
    await page.locator('s', { hasText: 'Eggs' }).waitFor()
    const other = await open()
    await other.locator('s', { hasText: 'Eggs' }).waitFor()
    await other.getByText('Milk').click()
    await page.locator('s', { hasText: 'Milk' }).waitFor()
    assert.equal(await page.locator('li').allTextContents(), ['Milk', 'Eggs'])
  })
})

test('a page of stored documents finds, pages, edits, settles what clashes, and follows other tabs', async () => {
  const { folder } = createProject('A page of stored documents')
  checkTypes(folder)
  await drive(folder, async open => {
    const page = await open()
    const title = page.getByLabel('Title')
    for (const name of ['C++ (new)', 'Apples', 'Pears']) {
      await button(page, 'New note').click()
      // The form of the note before it is gone.
      await page.waitForFunction(
        () => document.querySelector<HTMLInputElement>('input[aria-label]')?.value === 'New',
      )
      await title.fill(name)
      await button(page, 'Save').click()
      await button(page, name).waitFor()
    }
    assert.equal(await page.locator('li').allTextContents(), ['Pears', 'Apples', 'C++ (new)'])
    await page.getByRole('searchbox').fill('c++ (')
    await button(page, 'Pears').waitFor({ state: 'detached' })
    assert.equal(await page.locator('li').allTextContents(), ['C++ (new)'])

    const other = await open()
    await button(other, 'C++ (new)').click()
    await button(page, 'C++ (new)').click()
    await page.getByLabel('Text').fill('Mine')
    await other.getByLabel('Text').fill('Theirs')
    await other.getByLabel('Title').fill('C++')
    await button(other, 'Save').click()
    await button(other, 'C++').waitFor()
    await button(page, 'Save').click()
    await page.getByText('Elsewhere text became Theirs.').waitFor()
    await button(page, 'Keep mine').click()
    await page.getByText('Elsewhere').waitFor({ state: 'detached' })
    await other.waitForFunction(() => document.querySelector('textarea')?.value === 'Mine')
    assert.equal(await title.inputValue(), 'C++')
    await button(other, 'Delete').click()
    await page.getByText('This note was deleted.').waitFor()

    await page.getByRole('searchbox').fill('')
    for (let i = 0; i < 20; i++) await button(page, 'New note').click()
    await button(page, 'More').click()
    await button(page, 'More').waitFor({ state: 'detached' })
    assert.is(await page.locator('li').count(), 22)
  })
})

test.run()
