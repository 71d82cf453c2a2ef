// `persist` in a browser: reloads, two tabs, a tab that is closed.
import * as assert from 'uvu/assert'
import type { Page } from 'playwright-core'
import { suite } from '../support/suite.ts'
import { openSite, troubleOf } from '../support/browser.ts'

const test = suite('persist in a browser')
const site = await openSite('spec/browser/pages')

const call = (page: Page, name: string, ...args: unknown[]): Promise<any> =>
  page.evaluate(([name, args]) => (globalThis as any).spec[name](...args), [name, args] as const)
const flush = (page: Page, which: string): Promise<void> =>
  page.evaluate(which => (globalThis as any).spec.kept[which].flush(), which)
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

for (const which of ['local', 'indexed']) {
  test(`${which}: 500 edits in each of two tabs, one is reloaded and one is closed in between`, async () => {
    const context = await site.browser.newContext()
    let one = await site.open('persist.ts', { context })
    const two = await site.open('persist.ts', { context })
    await Promise.all([call(one, 'add', which, 0, 250), call(two, 'add', which, 500, 250)])
    await flush(one, which)
    await one.reload()
    await one.waitForFunction('globalThis.ready === true')
    await Promise.all([call(one, 'add', which, 250, 250), call(two, 'add', which, 750, 125)])
    await flush(one, which)
    await one.close()
    await call(two, 'add', which, 875, 125)
    await flush(two, which)
    one = await site.open('persist.ts', { context })
    assert.equal(await call(two, 'list', which), upTo(1_000))
    assert.is(await call(one, 'state', which), await call(two, 'state', which))
    // A change arrives in the other tab by itself.
    await call(one, 'add', which, 1_000, 1)
    await two.waitForFunction(which => (globalThis as any).spec.list(which).length === 1_001, which)
    for (const page of [one, two]) {
      assert.equal(await page.evaluate(() => (globalThis as any).spec.errors), [])
      assert.equal(troubleOf.get(page), [])
    }
    await context.close()
  })
}

test('localStorage: what was edited a moment before the page is left is there', async () => {
  const context = await site.browser.newContext()
  const page = await site.open('persist.ts', { context })
  await page.evaluate(() => {
    ;(globalThis as any).spec.stores.local.edit((draft: any) => void draft.list.push(7))
    location.reload()
  })
  await page.waitForFunction(
    'globalThis.ready === true && globalThis.spec.list("local").length === 1',
  )
  await context.close()
})

test('a strict page: no code is generated, and nothing is told', async () => {
  const policy = "default-src 'self'; script-src 'self'; img-src data:"
  const page = await site.open('persist.ts', { policy })
  await call(page, 'add', 'local', 0, 300)
  await flush(page, 'local')
  const told = troubleOf.get(page) ?? []
  assert.equal(told, [])
  await page.close()
})

test('ends', () => site.close())

test.run()
