// `cowslip/react` in a browser.
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { openSite, troubleOf } from '../support/browser.ts'

const test = suite('cowslip/react in a browser')
const site = await openSite('spec/browser/pages')
const page = await site.open('react-store.tsx')

test('one card of 10,000 is edited: that one renders, and few selectors run', async () => {
  const seen = await page.evaluate(async () => {
    const { board, counts, text, settled } = (globalThis as any).spec
    await settled()
    Object.assign(counts, { rendered: 0, asked: 0 })
    board.edit((draft: any) => void (draft.cards[7].title = 'edited'))
    await settled()
    return [text('card7'), counts.rendered, counts.asked]
  })
  assert.equal(seen.slice(0, 2), ['edited', 1])
  assert.ok(seen[2] <= 10, `${seen[2]} selectors`)
})

test('a path is listened to as it is', async () => {
  const seen = await page.evaluate(async () => {
    const { board, text, settled } = (globalThis as any).spec
    board.edit((draft: any) => void (draft.cards[5].title = 'five'))
    await settled()
    return text('path')
  })
  assert.is(seen, 'five')
})

test('reads that depend on what was read are noted anew', async () => {
  const seen = await page.evaluate(async () => {
    const { board, shownAfter } = (globalThis as any).spec
    const edit = (recipe: (draft: any) => void) => shownAfter('opened', board, recipe)
    return [
      await edit(d => void (d.open.at = 9)),
      await edit(d => void (d.cards[9].title = 'nine')),
      await edit(d => void (d.cards[3].title = 'three')),
      await edit(d => void (d.open.at = 3)),
    ]
  })
  assert.equal(seen, ['card 9', 'nine', 'nine', 'three'])
})

test('a selector that makes another object each time renders only when it was asked', async () => {
  const seen = await page.evaluate(async () => {
    const { board, counts, text, settled } = (globalThis as any).spec
    counts.list = 0
    board.edit((draft: any) => void (draft.cards[1].done = true))
    await settled()
    const quiet = counts.list
    board.edit((draft: any) => void (draft.filter = 'done'))
    await settled()
    return [quiet, counts.list, text('unstable')]
  })
  assert.equal(seen, [0, 1, 'done'])
})

test('undo and redo render when they become possible', async () => {
  const seen = await page.evaluate(async () => {
    const { board, text, settled } = (globalThis as any).spec
    const shown = [text('undo')]
    board.undo()
    await settled()
    shown.push(text('undo'), text('unstable'))
    return shown
  })
  assert.equal(seen, ['true false', 'true true', 'all'])
})

test('a store of cowslip/light', async () => {
  const seen = await page.evaluate(async () => {
    const { person, text, settled } = (globalThis as any).spec
    const before = text('light')
    person.edit((draft: any) => void (draft.address.city = 'Paris'))
    await settled()
    return [before, text('light')]
  })
  assert.equal(seen, ['London', 'Paris'])
})

test('a form on a store of cowslip/light', async () => {
  const seen = await page.evaluate(async () => {
    const { text, settled, lightForm, person } = (globalThis as any).spec
    const shown: unknown[] = []
    lightForm().draft.address.city = 'Rome'
    lightForm().draft.name = 'Grace'
    await settled()
    shown.push(text('lightform'), lightForm().dirty('address.city'))
    lightForm().rollback('address.city')
    await settled()
    shown.push(text('lightform'), lightForm().dirty('address'))
    lightForm().commit()
    await settled()
    shown.push(text('lightform'), person.state.name)
    return shown
  })
  assert.equal(seen, ['Rome true', true, 'Paris true', false, 'Paris false', 'Grace'])
})

test('a form: values render, nothing is stored before the commit, clashes are told', async () => {
  const seen = await page.evaluate(async () => {
    const { account, text, settled, form } = (globalThis as any).spec
    const shown: unknown[] = [text('form')]
    form().draft.address.city = 'Paris'
    await settled()
    shown.push(text('form'), account.state.address.city, form().original('address.city'))
    // Another one writes to the same place.
    account.edit((draft: any) => void (draft.address.city = 'Rome'))
    let code
    try {
      form().commit()
    } catch (error) {
      code = (error as { code: string }).code
    }
    await settled()
    shown.push(code, text('form'))
    form().rollback()
    await settled()
    shown.push(text('form'))
    form().draft.name = 'Grace'
    const change = form().commit({ label: 'rename' })
    await settled()
    shown.push(change.touched, account.state.name, text('form'), text('strict'))
    return shown
  })
  assert.equal(seen, [
    'Ada London false 0',
    'Ada Paris true 0',
    'London',
    'London',
    'conflict',
    'Ada Paris true 1',
    'Ada Rome false 0',
    ['name'],
    'Grace',
    'Grace Rome false 0',
    'Grace Grace',
  ])
})

test('a form that nobody wrote in follows the store; one that is unmounted is rolled back', async () => {
  const seen = await page.evaluate(async () => {
    const { account, text, settled, form, show } = (globalThis as any).spec
    account.edit((draft: any) => void (draft.name = 'Hedy'))
    await settled()
    const shown: unknown[] = [text('form')]
    const held = form()
    held.draft.name = 'lost'
    show(false)
    await settled()
    let ended
    try {
      held.draft.name = 'late'
    } catch (error) {
      ended = (error as { code: string }).code
    }
    show(true)
    await settled()
    shown.push(ended, text('form'))
    return shown
  })
  assert.equal(seen, ['Hedy Rome false 0', 'ended-draft', 'Hedy Rome false 0'])
})

test('selectors that walk a list hear of elements that come and go', async () => {
  const seen = await page.evaluate(async () => {
    const { items, text, settled, shownAfter } = (globalThis as any).spec
    const edit = (recipe: (draft: any) => void) => shownAfter('lists', items, recipe)
    const shown = [
      await edit(d => void d.list.push({ id: 2, on: false })),
      await edit(d => void d.list.splice(1, 0, { id: 3, on: true })),
      await edit(d => void (d.list.length = 1)),
    ]
    items.undo()
    await settled()
    return [...shown, text('lists'), await edit(d => void (d.list = [{ id: 9, on: false }]))]
  })
  assert.equal(seen, [
    '2 1,2 2 2 false 2 2',
    '3 1,3,2 2 2 true 3 3',
    '1 1 1 undefined false 1 1',
    '3 1,3,2 2 2 true 3 3',
    '1 9 9 9 false 1 1',
  ])
})

test('the caret stays where it is while somebody types in a form', async () => {
  const input = page.locator('#text')
  await input.evaluate((element: HTMLInputElement) => {
    element.focus()
    element.setSelectionRange(2, 2)
  })
  await page.keyboard.type('XYZ')
  assert.is(await input.inputValue(), 'AbXYZcdef')
})

test('a clash is settled by what is written here, or by what is stored', async () => {
  const seen = await page.evaluate(async () => {
    const { account, text, settled, form } = (globalThis as any).spec
    const shown: unknown[] = []
    const clash = async (mine: string, theirs: string) => {
      form().draft.address.city = mine
      account.edit((draft: any) => void (draft.address.city = theirs))
      let code
      try {
        form().commit()
      } catch (error) {
        code = (error as { code: string }).code
      }
      await settled()
      return code
    }
    shown.push(await clash('Mine', 'Theirs'))
    form().commit({ resolve: 'ours' })
    await settled()
    shown.push(account.state.address.city, form().conflicts.length)
    shown.push(await clash('Mine too', 'Theirs too'))
    // Nothing else is written: the form follows the store again.
    form().rollback('address.city')
    await settled()
    shown.push(text('form').split(' ').slice(1).join(' '), form().dirty())
    return shown
  })
  assert.equal(seen, ['conflict', 'Mine', 0, 'conflict', 'Theirs too false 0', false])
})

test('a form that is hidden by <Activity> keeps what was written', async () => {
  const seen = await page.evaluate(async () => {
    const { account, text, settled, hiddenForm, hide } = (globalThis as any).spec
    hiddenForm().draft.tags.push('art')
    await settled()
    const shown = [text('hiddenform')]
    hide(true)
    await settled()
    // Meanwhile the store moves on elsewhere.
    account.edit((draft: any) => void (draft.name = 'Emmy'))
    hide(false)
    await settled()
    shown.push(text('hiddenform'))
    hiddenForm().commit()
    await settled()
    shown.push(text('hiddenform'), account.state.tags.join(), account.state.name)
    return shown
  })
  assert.equal(seen, ['math,art true', 'math,art true', 'math,art false', 'math,art', 'Emmy'])
})

test('a selector of Reselect remembers over components, and renders when its list changes', async () => {
  const seen = await page.evaluate(async () => {
    const { board, counts, text, settled } = (globalThis as any).spec
    const shown: unknown[] = []
    const edit = async (recipe: (draft: any) => void) => {
      Object.assign(counts, { made: 0, done: 0 })
      board.edit(recipe)
      await settled()
      shown.push([counts.made, counts.done, text('done1'), text('done2')])
    }
    const at = board.state.cards.findIndex((card: any) => card.done)
    await edit(draft => void (draft.cards[4].done = true))
    await edit(draft => void (draft.filter = 'some'))
    await edit(draft => void (draft.cards[4].done = false))
    return [at, ...shown]
  })
  const [at, added, elsewhere, removed] = seen
  assert.equal([added[2], added[3]], [`${at},4`, `${at},4`])
  assert.equal(elsewhere.slice(0, 2), [0, 0])
  assert.equal(removed.slice(1), [2, String(at), String(at)])
  // Once for both components, and once more where the reads are noted.
  assert.ok(added[0] <= 4 && removed[0] <= 4, `${added[0]} and ${removed[0]} runs`)
})

test('nothing was told on the console', () => {
  assert.equal(troubleOf.get(page), [])
})

test('as React is in development: nothing is told either', async () => {
  const strict = await openSite('spec/browser/pages', 'development')
  for (const source of ['react-store.tsx', 'react-collection.tsx']) {
    const tab = await strict.open(source)
    await tab.waitForTimeout(500)
    // A page throws to its own boundary on purpose.
    const told = troubleOf
      .get(tab)
      ?.filter(text => !text.includes('the error boundary you provided'))
    assert.equal(told, [], source)
  }
  await strict.close()
})

test('ends', () => site.close())

test.run()
