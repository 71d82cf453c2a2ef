// What Immer's documentation says of arrays, Map, Set, patches, and the helpers.
import { Clock, marked, state, todos, type Statement } from './fixtures.ts'

/** Arrays, Map, Set, patches, and the helpers. */
export const OF_THE_REST: readonly (readonly [string, Statement])[] = [
  ...(
    [
      ['push', d => d.push(4, 5)],
      ['pop', d => d.pop()],
      ['shift', d => d.shift()],
      ['unshift', d => d.unshift(0)],
      ['splice', d => d.splice(1, 1, 'x', 'y')],
      ['sort', d => d.sort((a: number, b: number) => b - a)],
      ['reverse', d => d.reverse()],
      ['fill', d => d.fill(0, 1)],
      ['copyWithin', d => d.copyWithin(0, 1)],
      ['length', d => (d.length = 1)],
      ['an index', d => (d[1] = 'x')],
      ['an index at the end', d => (d[3] = 'x')],
    ] as [string, (d: any) => unknown][]
  ).map(([name, act]): [string, Statement] => [
    `array: ${name}`,
    ({ produce }) => produce(state(), (d: any) => void act(d.list)),
  ]),
  [
    'array: named properties are refused',
    ({ produce }) => produce([1], (d: any) => void (d.name = 1)),
  ],
  [
    'array: find gives a draft',
    ({ produce }) =>
      produce(todos(), (d: any) => void (d.find((t: any) => t.title === 'Try').done = true)),
  ],
  [
    'array: forEach and for of give drafts',
    ({ produce }) =>
      produce(todos(), (d: any) => {
        d.forEach((t: any) => (t.done = true))
        for (const t of d) t.title += '!'
      }),
  ],
  [
    'array: removed by index from the end',
    ({ produce }) =>
      produce(
        todos(),
        (d: any) =>
          void d.splice(
            d.findIndex((t: any) => t.title === 'Try'),
            1,
          ),
      ),
  ],
  [
    'array: assigned its own filter',
    ({ produce }) => {
      const base = { todos: todos() }
      const next = produce(
        base,
        (d: any) => void (d.todos = d.todos.filter((t: any) => t.title !== 'Try')),
      )
      return [next, next.todos[0] === base.todos[0]]
    },
  ],
  [
    'Map: set, delete, clear, size, has',
    ({ produce }) => {
      const base = new Map<string, any>([
        ['a', { n: 1 }],
        ['b', 2],
      ])
      const next = produce({ m: base }, (d: any) => {
        d.m.set('c', 3).delete('b')
        d.m.get('a').n = 5
      })
      return [[...next.m], [...base], next.m.size, next.m.has('b')]
    },
  ],
  [
    'Map: a frozen one refuses',
    ({ produce }) => produce(new Map(), (d: any) => void d.set('a', 1)).set('b', 2),
  ],
  [
    'Map: no change keeps it',
    ({ produce }) => {
      const base = new Map([['a', 1]])
      return produce(base, (d: any) => void d.set('a', 1).delete('z')) === base
    },
  ],
  [
    'Set: add, delete, has, edited members',
    ({ produce }) => {
      const base = new Set<any>([{ n: 1 }, 'x'])
      const next = produce({ s: base }, (d: any) => {
        for (const member of d.s) if (member.n) member.n = 2
        d.s.add('y').delete('x')
      })
      return [[...next.s], [...base]]
    },
  ],
  [
    'Set: a frozen one refuses',
    ({ produce }) => produce(new Set(), (d: any) => void d.add(1)).add(2),
  ],
  [
    'patches lead from the base to the next state and back',
    api => {
      const base = state()
      const [next, patches, inverse] = api.produceWithPatches(base, (d: any) => {
        d.user.name = 'B'
        d.list.splice(0, 1)
        d.list.push(9)
        delete d.n
      })
      return [next, api.applyPatches(base, patches), api.applyPatches(next, inverse)]
    },
  ],
  [
    'patches of keys',
    ({ produceWithPatches }) =>
      produceWithPatches(state(), (d: any) => {
        d.user.name = 'B'
        d.user.age = 1
        delete d.n
      }).slice(1)[0],
  ],
  [
    'patches of a push',
    ({ produceWithPatches }) => produceWithPatches(state(), (d: any) => void d.list.push(4))[1],
  ],
  [
    'patches of a Map',
    ({ produceWithPatches }) =>
      produceWithPatches(new Map([['a', 1]]), (d: any) => void d.set('a', 2).set('b', 3)).slice(1),
  ],
  [
    'patches of a Set',
    ({ produceWithPatches }) =>
      produceWithPatches(new Set(['a']), (d: any) => void d.add('b'))
        .slice(1)
        .map(([{ op, value }]: any) => [op, value]),
  ],
  [
    'patches of a returned state',
    ({ produceWithPatches }) => produceWithPatches(state(), () => ({ other: 1 })).slice(1),
  ],
  [
    'no patches of no change',
    ({ produceWithPatches }) => produceWithPatches(state(), () => {}).slice(1),
  ],
  [
    'produceWithPatches, curried',
    ({ produceWithPatches }) =>
      produceWithPatches((d: any, by: number) => void (d.n += by))({ n: 1 }, 2),
  ],
  [
    'a patch listener',
    ({ produce }) => {
      let heard: unknown
      produce(
        state(),
        (d: any) => void (d.n = 2),
        (...patches: unknown[]) => (heard = patches),
      )
      return heard
    },
  ],
  [
    'applyPatches: replace of the root',
    ({ applyPatches }) => applyPatches(state(), [{ op: 'replace', path: [], value: { a: 1 } }]),
  ],
  [
    'applyPatches: of nothing gives the base',
    ({ applyPatches }) => {
      const base = state()
      return applyPatches(base, []) === base
    },
  ],
  [
    'applyPatches: a path that leads nowhere is refused',
    ({ applyPatches }) => applyPatches(state(), [{ op: 'replace', path: ['none', 'x'], value: 1 }]),
  ],
  [
    'applyPatches: an unknown op is refused',
    ({ applyPatches }) => applyPatches(state(), [{ op: 'copy', path: ['n'], value: 1 }]),
  ],
  [
    'applyPatches: to a draft',
    ({ produce, applyPatches }) =>
      produce(
        state(),
        (d: any) => void applyPatches(d, [{ op: 'add', path: ['list', 0], value: 0 }]),
      ),
  ],
  [
    'applyPatches: length of an array',
    ({ applyPatches }) =>
      applyPatches(state(), [{ op: 'replace', path: ['list', 'length'], value: 1 }]),
  ],
  [
    'createDraft and finishDraft',
    ({ createDraft, finishDraft }) => {
      const base = state()
      const draft = createDraft(base)
      draft.user.name = 'F'
      const next = finishDraft(draft)
      return [next, base, Object.isFrozen(next)]
    },
  ],
  [
    'finishDraft tells patches',
    ({ createDraft, finishDraft }) => {
      const draft = createDraft(state())
      draft.n = 4
      let heard: unknown
      finishDraft(draft, (...patches: unknown[]) => (heard = patches))
      return heard
    },
  ],
  [
    'finishDraft twice is refused',
    ({ createDraft, finishDraft }) => {
      const draft = createDraft(state())
      finishDraft(draft)
      finishDraft(draft)
    },
  ],
  [
    'finishDraft of another draft is refused',
    ({ produce, finishDraft }) => produce(state(), (d: any) => void finishDraft(d)),
  ],
  ['createDraft of what is not draftable is refused', ({ createDraft }) => createDraft(5)],
  [
    'current is a plain copy, not a draft, not frozen',
    ({ produce, current, isDraft }) => {
      let seen: any
      produce(state(), (d: any) => {
        d.user.name = 'C'
        const copy = current(d)
        copy.mine = 1
        seen = [copy, isDraft(copy), isDraft(copy.user)]
        d.user.name = 'D'
      })
      return seen
    },
  ],
  ['current of what is no draft is refused', ({ current }) => current({})],
  [
    'current of an unchanged draft is its base, if that is frozen',
    ({ produce, current, freeze }) => {
      const base = freeze(state(), true)
      let same: unknown
      produce(base, (d: any) => void (same = current(d.user) === base.user))
      return same
    },
  ],
  [
    'original is the base',
    ({ produce, original }) => {
      const base = state()
      let same: unknown
      produce(base, (d: any) => {
        d.user.name = 'O'
        same = [original(d) === base, original(d.user) === base.user, original(d.user).name]
      })
      return same
    },
  ],
  ['original of what is no draft is refused', ({ original }) => original({})],
  [
    'isDraft',
    ({ produce, isDraft }) => {
      let seen: unknown
      produce(state(), (d: any) => void (seen = [isDraft(d), isDraft(d.user), isDraft(d.n)]))
      return [seen, isDraft({}), isDraft(null)]
    },
  ],
  [
    'isDraftable',
    api =>
      [{}, [], new Map(), new Set(), Object.create(null), marked(api, 1)]
        .concat([new Clock(1), new Date(), null, 5, () => 1, /x/])
        .map(api.isDraftable),
  ],
  [
    'freeze, shallow and deep',
    ({ freeze }) => {
      const [a, b] = [state(), state()]
      return [freeze(a) === a, Object.isFrozen(a.user), Object.isFrozen(freeze(b, true).user.tags)]
    },
  ],
  ['setAutoFreeze is there', ({ setAutoFreeze }) => setAutoFreeze(true)],
  [
    'an object in a frozen base can be edited',
    ({ produce, freeze }) => produce(freeze(state(), true), (d: any) => void (d.user.name = 'E')),
  ],
  [
    'assigning to itself is no change',
    ({ produce }) => {
      const base = state()
      return produce(base, (d: any) => void (d.user = d.user)) === base
    },
  ],
  [
    'Object.defineProperty on a draft is refused or done by both',
    ({ produce }) =>
      produce(state(), (d: any) => void Object.defineProperty(d, 'x', { get: () => 1 })),
  ],
  [
    'Object.setPrototypeOf on a draft is refused',
    ({ produce }) => produce(state(), (d: any) => void Object.setPrototypeOf(d, null)),
  ],
]
