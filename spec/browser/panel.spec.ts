// `<cowslip-panel>` in a browser: its timeline, by mouse and by keyboard, and what it says of refused commits.
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { openSite, troubleOf } from '../support/browser.ts'

const test = suite('the panel in a browser')
const site = await openSite('spec/browser/pages')
const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src data:"
const page = await site.open('panel.ts', { policy })

const texts = (which: number, selector: string): Promise<string[]> =>
  page.evaluate(([which, selector]) => (globalThis as any).spec.texts(which, selector), [
    which,
    selector,
  ] as const)

/** Waits until some texts of a panel are these. */
async function shows(which: number, selector: string, expected: readonly string[]): Promise<void> {
  let found: string[] = []
  for (const end = Date.now() + 5_000; Date.now() < end; await page.waitForTimeout(10)) {
    found = await texts(which, selector)
    if (JSON.stringify(found) === JSON.stringify(expected)) return
  }
  assert.equal(found, expected)
}

test('shows change sets in words, before and after, as text', async () => {
  await shows(0, 'strong', ['List'])
  await shows(0, 'li', ['No changes yet'])
  await page.evaluate(() => {
    const { store } = (globalThis as any).spec
    store.edit((draft: any) => void draft.items.push({ name: 'Eggs', done: false }))
    store.edit((draft: any) => void (draft.title = 'Shopping'), { label: 'rename' })
    store.edit((draft: any) => {
      draft['<b>markup</b>'] = '<script>alert(1)</script>'
      draft.due = new Date(1)
    })
    store.apply([{ op: 'add', path: ['owner'], value: 'them' }])
  })
  await shows(0, 'li .title', ['items', 'rename', '<b>markup</b>, due', 'owner'])
  await shows(0, 'li .tag', ['', '', '', 'remote'])
  await shows(0, '.state', ['version 4'])
  await shows(0, '.detail pre', ["owner: + 'them'", '{}', '{\n  "owner": "them"\n}'])
  await page.locator('cowslip-panel').first().getByText(', due').click()
  await shows(0, '.detail h2', ['<b>markup</b>, due'])
  const [words = ''] = await texts(0, '.detail pre')
  assert.match(words, 'alert(1)')
})

test('undoes to an entry, and one by one by the keyboard', async () => {
  const panel = page.locator('cowslip-panel').first()
  await panel.getByRole('listbox').focus()
  await page.keyboard.press('Home')
  await shows(0, '.detail h2', ['items'])
  await panel.getByRole('button', { name: 'Undo to here (2)' }).click()
  await shows(0, 'li .tag', ['', '', '', 'remote', 'undo', 'undo'])
  assert.equal(
    await page.evaluate(() => {
      const { items, title } = (globalThis as any).spec.store.state
      return [items.length, title]
    }),
    [2, 'Groceries'],
  )
  await panel.getByRole('listbox').focus()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+z')
  await shows(0, '.detail h2', ['items'])
  await page.keyboard.press('Control+Shift+z')
  await shows(0, 'li .tag', ['', '', '', 'remote', 'undo', 'undo', 'undo', 'redo'])
  await page.keyboard.press('ArrowUp')
  await shows(0, 'li[aria-selected="true"] .number', ['7'])
  await panel.getByRole('searchbox').fill('rename')
  await shows(0, 'li .title', ['rename'])
  await panel.getByRole('searchbox').fill('')
  await panel.getByRole('button', { name: 'Clear' }).click()
  await shows(0, 'li', ['No changes yet'])
})

test('tells what became of the commits of a document', async () => {
  await page.evaluate(async () => {
    const { note, setFault } = (globalThis as any).spec
    await note.edit((draft: any) => void (draft.text = 'good'))
    await note.edit((draft: any) => void (draft.text = 'bad')).catch(() => {})
    setFault('fail-before')
    const waiting = note.edit((draft: any) => void (draft.text = 'lost'), { timeoutMS: 50 })
    await waiting.catch(() => {})
    setFault(null)
  })
  const unknown = 'the outcome is not known; it is looked up before the next write'
  await shows(1, 'li .title', ['text', 'stored as version 2', unknown])
  await shows(1, 'strong', ['Note'])
})

test('odd values are shown by their kind, and large ones in part', async () => {
  const edit = (what: string): Promise<void> =>
    page.evaluate(what => {
      const { history, odd, broken } = (globalThis as any).spec
      const values: Record<string, unknown> = {
        odd: odd(),
        broken: broken(),
        date: new Date(NaN),
        map: new Map([['a', new Set([1n])]]),
        text: /a+/g,
        large: Array.from({ length: 100_000 }, (_, n) => n),
      }
      history.edit((draft: any) => {
        draft.value = values[what] ?? 'none'
      })
    }, what)
  const after = async (): Promise<string> => (await texts(2, '.detail pre')).at(-1) ?? ''
  for (const [what, expected] of [
    ['odd', /"self": \(itself\)/],
    ['date', /Date \(invalid\)/],
    ['map', /Map \{\n\s+"a" => Set \{\n\s+1n/],
    ['large', /\.\.\.$/],
    ['broken', /Broken \{\}/],
  ] as const) {
    await edit(what)
    let found = ''
    for (const end = Date.now() + 3_000; Date.now() < end && !expected.test(found);) {
      await page.waitForTimeout(10)
      found = await after()
    }
    assert.match(found, expected, what)
  }
})

test('undo to an entry is offered where it leads there', async () => {
  await page.evaluate(() => {
    const { history, third } = (globalThis as any).spec
    third.shadowRoot.querySelectorAll('button')[2].click()
    for (const name of 'ABC') {
      history.edit((draft: any) => void draft.list.push(name), { label: name })
    }
    history.undo()
    history.undo()
    history.redo()
  })
  await shows(2, 'li .title', ['A', 'B', 'C', 'list', 'list', 'list'])
  const offers: string[][] = []
  const panel = page.locator('cowslip-panel').nth(2)
  for (let at = 0; at < 6; at++) {
    await panel.getByRole('option').nth(at).click()
    offers.push(await texts(2, '.detail button'))
  }
  // B was done again since; C is undone.
  assert.equal(offers, [['Undo to here (1)'], [], [], [], ['Undo to here (1)'], []])
  await panel.getByRole('option').first().click()
  // An edit elsewhere leaves the focus where it is.
  await panel.getByRole('button', { name: 'Undo to here' }).focus()
  await page.evaluate(() => (globalThis as any).spec.history.edit((d: any) => void (d.other = 1)))
  await shows(2, '.detail button', ['Undo to here (2)'])
  assert.is(
    await page.evaluate(() => (globalThis as any).spec.third.shadowRoot.activeElement?.textContent),
    'Undo to here (2)',
  )
  await page.keyboard.press('Enter')
  await shows(2, '.detail button', [])
  assert.equal(await page.evaluate(() => (globalThis as any).spec.history.state.list), ['A'])
})

test('a filter without matches says so, and a click on the text chooses nothing', async () => {
  const panel = page.locator('cowslip-panel').nth(2)
  await panel.getByRole('searchbox').fill('nowhere')
  await shows(2, 'li', ['Nothing has these words'])
  await panel.getByText('Nothing has these words').click()
  await panel.getByRole('searchbox').fill('')
  await page.evaluate(() => {
    const { history, third } = (globalThis as any).spec
    for (let i = 0; i < 600; i++) history.edit((draft: any) => void (draft.n = i))
    third.setAttribute('name', 'Renamed')
  })
  await shows(2, 'strong', ['Renamed'])
  const isAtEnd = await page.evaluate(async () => {
    const list = (globalThis as any).spec.third.shadowRoot.querySelector('ol')
    await new Promise(resolve => setTimeout(resolve, 100))
    return list.scrollHeight - list.scrollTop - list.clientHeight < 30
  })
  assert.ok(isAtEnd, 'the list follows')
  assert.is((await texts(2, 'li')).length, 500)
})

test('a panel that is moved keeps its entries, one that is taken out listens no more', async () => {
  await page.evaluate(() => {
    const { first, store } = (globalThis as any).spec
    store.edit((draft: any) => void (draft.title = 'moved'))
    document.body.append(first)
  })
  await page.waitForTimeout(50)
  const kept = await page.evaluate(() => {
    const { first } = (globalThis as any).spec
    return first.shadowRoot.querySelectorAll('li.change').length
  })
  assert.is(kept, 1)
  const after = await page.evaluate(async () => {
    const { first, store } = (globalThis as any).spec
    first.remove()
    await new Promise(resolve => setTimeout(resolve, 20))
    store.edit((draft: any) => void (draft.title = 'unseen'))
    document.body.append(first)
    await new Promise(resolve => setTimeout(resolve, 50))
    return first.shadowRoot.querySelectorAll('li.change').length
  })
  assert.is(after, 0)
})

test('a panel keeps no error from the console', async () => {
  const told = troubleOf.get(page) as string[]
  await page.evaluate(() => {
    const { store } = (globalThis as any).spec
    const stop = store.subscribe(() => {
      throw new Error('of a listener')
    })
    store.edit((draft: any) => void (draft.title = 'heard'))
    stop()
  })
  await page.waitForTimeout(50)
  assert.is(told.splice(0).filter(text => text.includes('of a listener')).length, 1)
})

test('refuses what is no store, and keeps what it shows', async () => {
  const [codes, isKept, name] = await page.evaluate(() => {
    const { first, store, definePanel } = (globalThis as any).spec
    const codeOf = (run: () => void) => {
      try {
        run()
      } catch (error) {
        return (error as { code: string }).code
      }
      return 'none'
    }
    const bad = [{}, { on: () => 1, state: {} }, { on() {}, subscribe() {}, state: null }, 5, 'x']
    const codes = bad.map(target => codeOf(() => (first.target = target)))
    codes.push(...['font-face', 'panel', 7].map(name => codeOf(() => definePanel(name))))
    return [codes, first.target === store, first.localName]
  })
  assert.equal(
    codes,
    codes.map(() => 'bad-argument'),
  )
  assert.equal([isKept, name], [true, 'cowslip-panel'])
})

test('on a strict page nothing is told', () => assert.equal(troubleOf.get(page), []))

test('ends', () => site.close())

test.run()
