// `cowslip/produce` before anything is enabled. Nothing in this file may enable array methods.
import * as assert from 'uvu/assert'
import * as immer from 'immer'
import * as ours from 'cowslip/produce'
import { suite } from '../support/suite.ts'
import { OF_INSERTED } from './statements-inserted.ts'
import { OF_NESTED } from './statements-nested.ts'
import { OF_ODD } from './statements-odd.ts'
import { OF_PRODUCE } from './statements.ts'
import { OF_THE_REST } from './statements-more.ts'

const test = suite('produce without its plugins')

const says = (call: string) => (error: unknown) => {
  const { code, message } = error as { code?: string; message: string }
  return code === 'unsupported-value' && message.includes(call)
}

test('a draft of a Map or Set says which call is missing, and where', () => {
  const base = { tags: new Set(['a']), byId: new Map([['a', { n: 1 }]]), list: [{ n: 1 }] }
  for (const recipe of [
    (draft: typeof base) => void draft.byId.get('a'),
    (draft: typeof base) => void draft.tags.add('b'),
  ]) {
    assert.throws(() => ours.produce(base, recipe), says('`enableMapSet()`'))
  }
  assert.throws(
    () => ours.produce(base, draft => void draft.byId.size),
    (error: Error) => /byId/.test(error.message),
  )
  assert.throws(() => ours.produce(new Map(), () => {}), says('`enableMapSet()`'))
  assert.throws(() => ours.createDraft(new Set()), says('`enableMapSet()`'))
})

test('what is not read stays, and what is inserted is frozen', () => {
  const base = { tags: new Set(['a']), n: 1, more: null as unknown }
  const inserted = new Map([['a', { deep: 1 }]])
  const next = ours.produce(base, draft => {
    draft.n++
    draft.more = inserted
  })
  assert.is(next.tags, base.tags)
  assert.is(next.more, inserted)
  assert.throws(() => inserted.set('b', { deep: 2 }), /frozen/)
  assert.throws(() => base.tags.add('b'), /frozen/)
  assert.ok(ours.isDraftable(new Map()) && ours.isDraftable(new Set()))
})

test('the methods of arrays are the native ones, and right', () => {
  const base = { list: [{ n: 3 }, { n: 1 }, { n: 2 }] }
  const edits: ((list: any[]) => unknown)[] = [
    list => list.sort((a, b) => a.n - b.n),
    list => list.reverse(),
    list => list.push({ n: 9 }, list[0]),
    list => list.unshift(list.pop()),
    list => list.splice(1, 1, { n: 7 }, { n: 8 }),
    list => list.shift(),
    list => list.splice(0, 0, ...list.splice(1)),
    list => list.copyWithin(0, 1),
    list => list.fill(list[1]),
    list => void (list.find(({ n }) => n === 2).n = 5),
    list => list.filter(({ n }) => n > 1).forEach(item => item.n++),
    list => void (list.length = 1),
    list => void (list[list.indexOf(list[1])].n = 0),
    list => void ([list[0], list[2]] = [list[2], list[0]]),
    list => list.at(-1).n++,
    list => void (list.entries().next().value![1].n = 4),
    list => {
      for (const item of list) item.n *= 2
    },
  ]
  for (const [i, edit] of edits.entries()) {
    const run = (api: any) => api.produce(base, (draft: any) => void edit(draft.list))
    const [made, expected] = [run(ours), run(immer)]
    assert.equal(made, expected, `edit ${i}`)
    assert.ok(Object.isFrozen(made.list))
    made.list.forEach((item: unknown, at: number) => {
      const kept = base.list.indexOf(item as never)
      assert.is(kept, base.list.indexOf(expected.list[at]), `edit ${i}, element ${at}`)
    })
  }
})

const outcome = (run: (api: any) => unknown, api: any): unknown => {
  try {
    return { gave: run(api) }
  } catch {
    return 'refused'
  }
}

test('with Maps, Sets and patches enabled, all that Immer documents is the same', () => {
  ours.enableMapSet()
  ours.enablePatches()
  immer.enableMapSet()
  immer.enablePatches()
  const all = [...OF_PRODUCE, ...OF_THE_REST, ...OF_INSERTED, ...OF_NESTED, ...OF_ODD]
  for (const [name, run] of all) assert.equal(outcome(run, ours), outcome(run, immer), name)
})

test.run()
