// The example of a board, as `npm run board` serves it.
import * as assert from 'uvu/assert'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { suite } from '../support/suite.ts'
// @ts-expect-error plain JavaScript, run as it is
import { launchChromium } from '../support/chromium.mjs'

const test = suite('the board')
const server = spawn(process.execPath, ['examples/board/serve.mjs'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
let said = ''
server.stdout.on('data', data => (said += String(data)))
while (!/http:\S+/.test(said)) await once(server.stdout, 'data')
const [url = ''] = /http:\S+/.exec(said) ?? []
const browser = await launchChromium()
const context = await browser.newContext()
const trouble: string[] = []

async function open() {
  const page = await context.newPage()
  page.on('pageerror', (error: Error) => trouble.push(String(error)))
  page.on('console', (message: any) => {
    if (['error', 'warning'].includes(message.type())) trouble.push(message.text())
  })
  await page.goto(url)
  await page.locator('.card').first().waitFor()
  return page
}
const page = await open()
const column = (name: string, tab = page) => tab.getByRole('region', { name, exact: true })
const first = (name: string, tab = page): Promise<string> =>
  column(name, tab).locator('.card span').first().textContent()
const count = (name: string, tab = page): Promise<string> =>
  column(name, tab).locator('h2 small').textContent()

/** Waits until an answer is this. */
async function becomes<T>(ask: () => Promise<T>, expected: T): Promise<void> {
  let found: T | undefined
  for (const end = Date.now() + 5_000; Date.now() < end; await page.waitForTimeout(10)) {
    found = await ask()
    if (found === expected) return
  }
  assert.is(found, expected)
}

/** Whether the record in the browser's storage has the title that a form was saved with, and no more the card that was deleted. */
const isKept = (): Promise<boolean> =>
  page.evaluate(
    () =>
      new Promise(resolve => {
        const request = indexedDB.open('cowslip-persist')
        request.onsuccess = () => {
          const records = request.result.transaction('records').objectStore('records')
          const found = records.get('board')
          found.onsuccess = () => {
            request.result.close()
            const record = String(found.result)
            resolve(record.includes('Read the map') && !record.includes('New card'))
          }
        }
      }),
  )

test('shows 2,000 cards, and a card is dragged before another one', async () => {
  assert.is(await page.locator('.card').count(), 2_000)
  const card = column('Later').locator('.card').nth(1)
  const title = await card.locator('span').textContent()
  await card.dragTo(column('Doing').locator('.card').first())
  await becomes(() => first('Doing'), title)
  assert.equal([await count('Later'), await count('Doing')], ['499', '501'])
  await page.getByRole('button', { name: 'Undo' }).click()
  await becomes(() => count('Later'), '500')
  await page.keyboard.press('Control+Shift+z')
  await becomes(() => first('Doing'), title)
})

test('searches', async () => {
  const search = page.getByRole('searchbox', { name: 'Search' })
  await search.fill('guide write')
  await becomes(() => page.locator('.card').count().then(String), '35')
  await search.fill('')
  await becomes(() => page.locator('.card').count().then(String), '2000')
})

test('a form is cancelled and saved, and says what was there', async () => {
  const form = page.getByRole('dialog', { name: 'Card' })
  const title = await first('Next')
  const begin = async () => {
    await column('Next').locator('.card').first().click()
    await form.getByLabel('Title').fill('Read the map')
    assert.is(await form.locator('.dirty').textContent(), `title was "${title}"`)
  }
  await begin()
  await form.getByRole('button', { name: 'Cancel' }).click()
  assert.is(await first('Next'), title)
  await begin()
  await page.keyboard.press('Escape')
  assert.is(await first('Next'), title)
  await begin()
  await form.getByRole('button', { name: 'Save' }).click()
  await becomes(() => first('Next'), 'Read the map')
  await column('Next').getByRole('button', { name: 'Add to Next' }).click()
  await form.getByRole('button', { name: 'Delete' }).click()
  await becomes(() => count('Next'), '500')
})

test('is there after a reload, and two tabs agree', async () => {
  await becomes(isKept, true)
  await page.reload()
  await becomes(() => first('Next'), 'Read the map')
  const other = await open()
  await becomes(() => first('Next', other), 'Read the map')
  await column('Done', other)
    .locator('.card')
    .first()
    .dragTo(column('Next', other).locator('.card').first())
  await becomes(() => count('Next'), '501')
  await becomes(() => count('Next', other), '501')
  // What the other tab has done is not undone here.
  assert.ok(await page.getByRole('button', { name: 'Undo' }).isDisabled())
  await other.close()
})

test('the panel shows changes, and undoes', async () => {
  await page.getByRole('button', { name: 'Changes' }).click()
  const card = column('Later').locator('.card').first()
  await card.dragTo(column('Done').locator('.card').first())
  await page.locator('cowslip-panel').getByText('move to Done').first().waitFor()
  await page.locator('cowslip-panel').getByRole('button', { name: 'Undo' }).click()
  await becomes(() => count('Later'), '499')
})

test('nothing is told on the way', () => assert.equal(trouble, []))

test('ends', async () => {
  await browser.close()
  server.kill()
})

test.run()
