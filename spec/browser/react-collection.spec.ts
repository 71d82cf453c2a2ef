// `useDocument` and `useQuery` in a browser.
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { openSite, troubleOf } from '../support/browser.ts'

const test = suite('cowslip/react on collections')
const site = await openSite('spec/browser/pages')
const page = await site.open('react-collection.tsx')

/** Runs steps one after another. Returns what the page shows under ids after each. */
const show = (ids: string[], steps: string[]) =>
  page.evaluate(
    async ([ids, steps]) => {
      const { tasks, others, transaction, text, settled, form } = (globalThis as any).spec
      const shown: unknown[] = []
      for (const step of steps) {
        const run = new Function(
          'tasks',
          'others',
          'transaction',
          'form',
          `return (async () => { ${step} })()`,
        )
        await run(tasks, others, transaction, form)
        await settled()
        shown.push(ids.map(text).join(' | '))
      }
      return shown
    },
    [ids, steps] as const,
  )

test('nothing is stored yet', async () => {
  // React shows what was suspended a little later.
  await page.waitForFunction(`document.getElementById('caught') !== null`)
  assert.equal(await show(['one-a', 'open', 'all', 'failing', 'caught'], ['']), [
    'missing undefined | ready  | 0 | error unsupported-query | unsupported-query',
  ])
})

test('inserts, edits and deletes of this program and of others are shown', async () => {
  const shown = await show(
    ['one-a', 'one-b', 'open', 'all'],
    [
      `await tasks.insert({ _id: 'a', title: 'write', done: false })`,
      `await others.insert({ _id: 'b', title: 'paint', done: false })`,
      `await (await tasks.get('a')).edit(d => void (d.title = 'a letter'))`,
      `await (await others.get('b')).edit(d => void (d.done = true))`,
      `await tasks.insertMany([{ _id: 'c', title: 'c', done: false }, { _id: 'd', title: 'd', done: false }])`,
      `await tasks.editMany({ _id: 'c' }, d => void (d.title = 'a first'))`,
      `await others.delete('a')`,
      `await tasks.delete('c')`,
      `await transaction(async tx => tx.insert(tasks, { _id: 'a', title: 'again', done: false }))`,
    ],
  )
  assert.equal(shown, [
    'ready write | missing undefined | ready write | 1',
    'ready write | ready paint | ready paint,write | 2',
    'ready a letter | ready paint | ready a letter,paint | 2',
    'ready a letter | ready paint | ready a letter | 2',
    'ready a letter | ready paint | ready a letter,c,d | 4',
    'ready a letter | ready paint | ready a first,a letter,d | 4',
    'missing undefined | ready paint | ready a first,d | 3',
    'missing undefined | ready paint | ready d | 2',
    'ready again | ready paint | ready again,d | 3',
  ])
})

test('a query renders when its documents are others, or other states, alone', async () => {
  const counted = await page.evaluate(async () => {
    const { tasks, counts, settled } = (globalThis as any).spec
    const at = counts.list
    await (await tasks.get('b')).edit((d: any) => void (d.title = 'not in it'))
    await settled()
    return counts.list - at
  })
  assert.ok(counted <= 3, `${counted} renders`)
})

test('a form on a stored document', async () => {
  const shown = await show(
    ['form', 'one-a'],
    [
      `form().draft.title = 'edited'`,
      `globalThis.saving = form().commit()`,
      `await globalThis.saving; await (await others.get('a')).edit(d => void (d.title = 'by others'))`,
      `form().draft.title = 'mine'; await (await others.get('a')).edit(d => void (d.title = 'theirs'));
       globalThis.code = await form().commit().then(() => 'stored', error => error.code)`,
    ],
  )
  assert.equal(shown.slice(0, 3), [
    'edited false | ready again',
    'edited false | ready edited',
    'by others false | ready by others',
  ])
  assert.is(await page.evaluate('globalThis.code'), 'conflict')
  assert.is(shown[3], 'mine false | ready theirs')
})

test('a component that suspends for long gets its answer, read once', async () => {
  await page.waitForFunction(`document.getElementById('slow') !== null`, undefined, {
    timeout: 15_000,
  })
  assert.ok((await page.evaluate<number>('globalThis.spec.counts.slow')) <= 2)
})

test('nothing else was told on the console', () => {
  const told = troubleOf.get(page)?.filter(text => !text.includes('$nothing'))
  assert.equal(told, [])
})

test('ends', () => site.close())

test.run()
