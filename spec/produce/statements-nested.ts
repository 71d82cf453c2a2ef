// Recipes within recipes, callbacks that look, and patches that do not fit: run on Immer and on ours.
import { state, todos, type Statement } from './fixtures.ts'

/** Tries something on a frozen and on an unfrozen base. */
const bothWays = (api: any, run: (base: any) => unknown): unknown[] => [
  run(todos()),
  run(api.freeze(todos(), true)),
]

const failed = (run: () => unknown): boolean => {
  try {
    run()
    return false
  } catch {
    return true
  }
}

export const OF_NESTED: readonly (readonly [string, Statement])[] = [
  [
    'a draft is wrapped in a new draft, whose original it is',
    ({ produce, isDraft, original }) => {
      const seen: unknown[] = []
      produce({ a: {}, b: {} }, (parent: any) => {
        void parent.a
        produce(parent, (child: any) => {
          child.c = 1
          seen.push(child === parent, isDraft(child), original(child) === parent)
          seen.push(isDraft(child.a), isDraft(child.b), original(child.a) === parent.a)
        })
        seen.push('c' in parent)
      })
      return seen
    },
  ],
  [
    'pending changes are seen within',
    ({ produce }) => {
      let seen: unknown
      produce({ a: 1, b: 1, d: 1 } as any, (parent: any) => {
        parent.b = 2
        parent.c = 2
        delete parent.d
        produce(parent, (child: any) => void (seen = [child.a, child.b, child.c, child.d]))
      })
      return seen
    },
  ],
  [
    'a base that holds a draft',
    ({ produce, isDraft, original }) => {
      const seen: unknown[] = []
      const next = produce({ a: { n: 1 } } as any, (parent: any) => {
        const same = produce({ a: parent.a }, () => {})
        const made = produce({ a: parent.a }, (child: any) => {
          seen.push(isDraft(child.a), original(child.a) === parent.a)
          child.a.b = 1
        })
        const plain = produce({ a: parent.a }, (child: any) => void (child.b = 1))
        seen.push(same.a === parent.a, made.a === parent.a, made.a.b, 'b' in parent.a)
        seen.push(Object.isFrozen(made), Object.isFrozen(plain), plain.a === parent.a)
        parent.made = made
        parent.plain = plain
        parent.a.n = 2
      })
      return [seen, next, next.plain.a === next.a, Object.isFrozen(next.made.a)]
    },
  ],
  [
    'drafts of the outer recipe pass through the inner one',
    ({ produce }) => {
      const seen: unknown[] = []
      produce({ a: {}, b: {} } as any, (parent: any) => {
        seen.push(produce({}, () => parent) === parent)
        seen.push(produce({}, () => [parent])[0] === parent)
        seen.push(produce({}, () => parent.a) === parent.a)
        parent.c = 1
        seen.push(produce({}, () => [parent.b])[0] === parent.b, parent.b.x)
      })
      return seen
    },
  ],
  [
    'instances within one another',
    ({ Immer, original }) => {
      const [one, two] = [new Immer(), new Immer()]
      const base = {}
      const seen: unknown[] = []
      const result = one.produce(base, (s1: any) =>
        two.produce({ s1 }, (s2: any) => {
          seen.push(original(s2.s1) === s1)
          s2.n = 1
          s2.s1 = one.produce({ s2 }, (s3: any) => {
            seen.push(original(s3.s2) === s2, original(s3.s2.s1) === s2.s1)
            return s3.s2.s1
          })
        }),
      )
      return [seen, result.n, result.s1 === base]
    },
  ],
  [
    'producers composed of producers',
    ({ produce }) => {
      const item = produce((draft: any) => void (draft[0].value += 5))
      const part = produce((draft: any) => void (draft.array = item(draft.array)))
      const all = produce((draft: any) => {
        draft.part = part(draft.part)
        draft.array = item(draft.array)
      })
      const array = (): any => [{ value: 0 }, { value: 1 }]
      const next = all({ part: { array: array() }, array: array() })
      return [next, Object.isFrozen(next.part.array[0])]
    },
  ],
  [
    'an inner recipe that wraps its draft',
    ({ produce }) => {
      const wrap = produce((draft: any) => ({ wrapped: draft }))
      return produce({ y: 1, child: { x: 1 } } as any, (draft: any) => {
        draft.y++
        draft.child = wrap(draft.child)
        draft.child.wrapped.x++
      })
    },
  ],
  [
    'what an inner recipe made can be changed in the outer one',
    ({ produce }) =>
      produce({} as any, (draft: any) => {
        draft.foo = produce({ bar: 'baz' }, (inner: any) => void (inner.bar = 'baa'))
        draft.foo.bar = 'a'
      }),
  ],
  [
    'an error within leaves the outer recipe as it was',
    ({ produce }) =>
      produce(state(), (draft: any) => {
        const threw = failed(() =>
          produce(draft.user, (inner: any) => {
            inner.name = 'gone'
            throw new Error('no')
          }),
        )
        draft.threw = [threw, draft.user.name]
      }),
  ],
  [
    'createDraft and current of an outer draft',
    ({ produce, createDraft, finishDraft, current }) =>
      produce(state(), (draft: any) => {
        draft.user.name = 'Eve'
        const inner = createDraft(draft.user)
        inner.tags.push('b')
        draft.made = finishDraft(inner)
        draft.shown = current(draft.user)
      }),
  ],
  [
    'a predicate that writes to each element, to one, and to none',
    api =>
      ['some', 'find', 'filter', 'every', 'findIndex', 'findLast'].map(method =>
        bothWays(api, base =>
          [0, 1, -1].map(wanted =>
            api.produce(base, (draft: any) => {
              draft[method]((todo: any, at: number) => {
                if (wanted < 0 || at === wanted) todo.done = 'seen'
                return method === 'every'
              })
            }),
          ),
        ),
      ),
  ],
  [
    'a predicate that asks for current and original',
    api =>
      ['some', 'find', 'filter', 'every'].map(method =>
        bothWays(api, base => {
          const seen: unknown[] = []
          api.produce(base, (draft: any) => {
            draft[method]((todo: any) => {
              seen.push(api.current(todo).title, api.original(todo).done, api.isDraft(todo))
              return method === 'every'
            })
          })
          return seen
        }),
      ),
  ],
  [
    'a comparator that writes',
    api =>
      bothWays(api, base =>
        api.produce(base, (draft: any) => {
          draft.sort((a: any, b: any) => {
            a.seen = b.seen = true
            return a.title < b.title ? 1 : -1
          })
        }),
      ),
  ],
  [
    'sort puts undefined last, and compares it with nothing',
    ({ produce }) => {
      const base = [3, undefined, 1, undefined, 2]
      return [
        produce(base, (draft: any) => void draft.sort()),
        produce(base, (draft: any) => void draft.sort((a: number, b: number) => b - a)),
      ]
    },
  ],
  [
    'applyPatches takes what is gone for removed, and sets what is not there',
    ({ applyPatches }) => {
      const remove = (path: unknown[]): unknown => [{ op: 'remove', path }]
      return [
        applyPatches({ a: 1 }, remove(['b'])),
        applyPatches([1], remove([3])),
        applyPatches(new Map([['a', 1]]), remove(['b'])),
        applyPatches(new Set([1]), [{ op: 'remove', path: [0], value: 5 }]),
        applyPatches({}, [{ op: 'replace', path: ['a'], value: 1 }]),
        applyPatches([1], [{ op: 'add', path: ['-'], value: 2 }]),
        applyPatches([1, 2], [{ op: 'replace', path: ['length'], value: 1 }]),
        applyPatches([1, 2], [{ op: 'add', path: ['1'], value: 5 }]),
      ]
    },
  ],
  [
    'applyPatches copies what patches hold',
    ({ applyPatches }) => {
      const value = { list: [1] }
      const next = applyPatches({}, [
        { op: 'add', path: ['a'], value },
        { op: 'add', path: ['a', 'list', 1], value: 2 },
      ])
      return [next, value, Object.isFrozen(value)]
    },
  ],
  [
    'applyPatches refuses paths to prototypes',
    ({ applyPatches }) => [
      failed(() => applyPatches({}, [{ op: 'add', path: ['__proto__', 'x'], value: 1 }])),
      failed(() => applyPatches({}, [{ op: 'add', path: ['constructor', 'prototype', 'x'] }])),
      failed(() => applyPatches({}, [{ op: 'add', path: ['a', 'b', 'c'], value: 1 }])),
    ],
  ],
]
