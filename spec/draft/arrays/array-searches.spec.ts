// Methods with a callback that looks: what it sees, and what comes of what is found.
import * as assert from 'uvu/assert'
import { statesOf } from '../../../lib/draft/state.ts'
import { StoreScope } from '../../../lib/draft/strict/store-scope.ts'
import { edit, rules, snapshot } from '../../support/drafting.ts'
import { suite } from '../../support/suite.ts'

const test = suite('searching methods')

const items = (n = 5): { id: number; tags: string[] }[] =>
  Array.from({ length: n }, (_, id) => ({ id, tags: ['a'] }))

test('what is found is a draft, and nothing else becomes one', () => {
  const base = snapshot({ items: items(100) })
  const scope = new StoreScope(base, rules)
  const draft: any = scope.root.proxy
  draft.items.find((item: any) => item.id === 60).id = 'x'
  assert.is(statesOf(scope).length, 3, 'the root, the array and one element')
  const { value } = scope.finish()
  assert.is((value as any).items[60].id, 'x')
  assert.is(base.items[60].id, 60)
})

for (const method of [
  'find',
  'findLast',
  'some',
  'every',
  'filter',
  'findIndex',
  'findLastIndex',
]) {
  test(`what a callback of ${method} writes is an edit, whichever element it is`, () => {
    for (const wanted of [0, 2, 4, -1]) {
      let calls = 0
      const { next } = edit({ items: items() }, draft => {
        draft.items[method]((item: any) => {
          if (wanted < 0 || item.id === wanted) item.tags.push('b')
          if (wanted <= 0) calls++
          return method === 'every'
        })
      })
      next.items.forEach((item: any, at: number) => {
        assert.equal(item.tags, wanted < 0 || at === wanted ? ['a', 'b'] : ['a'])
      })
      if (wanted === -1) assert.is(calls, 5, 'each ends its call once')
    }
  })

  test(`dates are seen by ${method} as what belongs to the edit`, () => {
    const { base, next } = edit({ items: [{ at: new Date(0) }] }, draft => {
      draft.items[method]((item: any) => item.at.setTime(5))
    })
    assert.equal([base.items[0].at, next.items[0].at], [new Date(0), new Date(5)])
  })

  test(`${method} sees what the recipe did before`, () => {
    const seen: unknown[] = []
    edit({ items: items(4) }, draft => {
      draft.items[1].id = 'edited'
      draft.items[2] = { id: 'new', tags: [] }
      draft.items.splice(0, 1)
      draft.items[method]((item: any, at: number, all: unknown) => {
        seen.push([item.id, at])
        assert.is(all, draft.items)
        return method === 'every'
      })
    })
    const expected = [
      ['edited', 0],
      ['new', 1],
      [3, 2],
    ]
    assert.equal(method.includes('Last') ? seen.reverse() : seen, expected)
  })
}

test('a callback that is asked for a draft by identity knows it', () => {
  edit({ items: items() }, draft => {
    const held = draft.items[3]
    assert.is(
      draft.items.findIndex((item: any) => item === held),
      3,
    )
  })
})

test('edits of the array itself by a callback are kept', () => {
  const { next } = edit({ items: items(3) }, draft => {
    draft.items.some((_: unknown, at: number) => {
      if (at === 0) draft.items.push({ id: 9, tags: [] })
      draft.items[at].id += 10
      return false
    })
  })
  assert.equal(
    next.items.map((item: any) => item.id),
    [10, 11, 12, 9],
  )
})

test('`this` is passed on, no callback is refused, and an empty array finds nothing', () => {
  edit({ items: items(1), none: [] }, draft => {
    const self = {}
    draft.items.filter(function (this: unknown) {
      assert.is(this, self)
    }, self)
    assert.throws(() => draft.items.find(), TypeError)
    assert.is(
      draft.none.find(() => true),
      undefined,
    )
    assert.is(
      draft.none.every(() => false),
      true,
    )
  })
})

test('a sort sees elements as they are, and moves them', () => {
  const { next } = edit({ items: items(4) }, draft => {
    draft.items[0].id = 7
    draft.items.sort((a: any, b: any) => b.id - a.id)
  })
  assert.equal(
    next.items.map((item: any) => item.id),
    [7, 3, 2, 1],
  )
})

test('an array that was searched stays known as long as what comes in is harmless', () => {
  let state = snapshot({ items: items(500) })
  const { deeplyFrozen: harmless } = rules.leaves
  const step = (recipe: (draft: any) => void): boolean | undefined => {
    const scope = new StoreScope(state, rules)
    recipe(scope.root.proxy)
    state = scope.finish().value
    return harmless.get(state.items)
  }
  assert.is(
    step(draft => void draft.items.push({ id: 500, tags: [] })),
    undefined,
  )
  step(draft => {
    draft.items.find((item: any) => item.id === 7).tags.push('b')
  })
  assert.is(
    step(draft => void draft.items.push({ id: 51, tags: ['c'] })),
    true,
  )
  assert.is(
    step(draft => void (draft.items[5].id = 'five')),
    true,
  )
  assert.is(
    step(draft => void draft.items.push({ at: new Date(0) })),
    undefined,
  )
})

test('one that iterates goes on to what was added', () => {
  const seen: unknown[] = []
  const { next } = edit({ items: [1, 2] }, draft => {
    for (const item of draft.items) {
      seen.push(item)
      if (seen.length < 4) draft.items.push(item * 10)
    }
    const values = draft.items[Symbol.iterator]()
    assert.is(values[Symbol.iterator](), values)
    assert.equal([...draft.items.entries()][1], [1, 2])
    assert.equal(Object.prototype.toString.call(values), '[object Array Iterator]')
  })
  assert.equal(
    [seen, next.items],
    [
      [1, 2, 10, 20, 100],
      [1, 2, 10, 20, 100],
    ],
  )
})

test.run()
