// What a recipe puts in, takes out and looks at: statements about Immer's rules, run on both.
import { marked, state, todos, type Statement } from './fixtures.ts'

export const OF_INSERTED: readonly (readonly [string, Statement])[] = [
  [
    'an inserted object is the one in the result, frozen deep',
    ({ produce }) => {
      const item = { deep: { list: [1] } }
      const next = produce(state(), (d: any) => void d.list.push(item))
      return [next.list[3] === item, Object.isFrozen(item), Object.isFrozen(item.deep.list)]
    },
  ],
  [
    'a write after a read reaches the inserted object',
    ({ produce }) => {
      const a = { kids: [] as number[] }
      const next = produce({} as any, (d: any) => {
        d.root = a
        void d.root.kids.length
        a.kids.push(1)
      })
      return [next, next.root === a]
    },
  ],
  [
    'inserted objects are found by themselves',
    ({ produce }) => {
      const [o, p] = [{ id: 1 }, { id: 2 }]
      let found: unknown
      const next = produce({ l: [] as any[] }, (d: any) => {
        d.l.push(o)
        void d.l[0].id
        d.l.push(p)
        found = [d.l.indexOf(o), d.l.includes(p), d.l.filter((x: any) => x !== o).length]
        d.l.splice(d.l.indexOf(o), 1)
      })
      return [found, next, next.l[0] === p]
    },
  ],
  [
    'one object inserted twice stays one, and so do its aliases',
    ({ produce }) => {
      const o = { n: 1 }
      const next = produce({} as any, (d: any) => {
        d.a = o
        d.b = { o, again: [o] }
        d.a.n = 2
      })
      return [next, next.a === next.b.o, next.b.again[0] === o]
    },
  ],
  [
    'drafts inside what was inserted end as their values, in the object itself',
    ({ produce }) => {
      const mine: any = { list: [] }
      const next = produce(state(), (d: any) => {
        mine.user = d.user
        mine.list.push(d.user, { deep: d.list })
        d.mine = mine
        d.user.name = 'Eve'
      })
      return [next, next.mine === mine, next.mine.user === next.user, mine.list[0] === next.user]
    },
  ],
  [
    'what was inserted and taken out again is not frozen',
    ({ produce }) => {
      const mine = { n: 1 }
      produce(state(), (d: any) => {
        d.mine = mine
        delete d.mine
      })
      return Object.isFrozen(mine)
    },
  ],
  [
    'a recipe that returns its base, a part of it or an object gives that',
    ({ produce, original }) => {
      const base = state()
      const mine = { mine: [1] }
      return [
        produce(base, (d: any) => original(d)) === base,
        produce(base, (d: any) => d) === base,
        produce(base, (d: any) => d.user) === base.user,
        produce(base, () => mine) === mine,
        Object.isFrozen(mine.mine),
        Object.isFrozen(base.user),
      ]
    },
  ],
  [
    'a returned object may hold drafts',
    ({ produce }) => {
      const base = state()
      const mine: any = {}
      const next = produce(base, (d: any) => Object.assign(mine, { user: d.user, in: [d.list] }))
      return [next === mine, next.user === base.user, next.in[0] === base.list]
    },
  ],
  [
    'order is what the draft showed',
    ({ produce }) => {
      const base = { a: 1, b: 2, m: new Map([['x', 1], ['y', 2]]), s: new Set([3, 1, 2]) } // prettier-ignore
      const next: any = produce(base, (d: any) => {
        delete d.a
        d.a = 1
        d.m.delete('x')
        d.m.set('x', 1)
        d.s.delete(3)
        d.s.add(3)
      })
      const sorted: any = produce(next, (d: any) => {
        d.m = new Map([...d.m].sort())
        d.s = new Set([...d.s].sort())
      })
      return [Object.keys(next), [...next.m.keys()], [...next.s], [...sorted.m], [...sorted.s]]
    },
  ],
  [
    'a change of order alone is a new reference, without patches',
    ({ produceWithPatches }) => {
      const base = { o: { a: 1, b: 2 }, m: new Map([['x', 1], ['y', 2]]), s: new Set([1, 2]) } // prettier-ignore
      const [next, patches] = produceWithPatches(base, (d: any) => {
        delete d.o.a
        d.o.a = 1
        d.m.delete('x')
        d.m.set('x', 1)
      })
      return [next === base, next.o === base.o, next.m === base.m, next.s === base.s, patches]
    },
  ],
  [
    'a shallow-frozen base ends deep-frozen',
    ({ produce }) => {
      const base = Object.freeze({ a: { b: { c: 1 } }, n: 1, list: [{ d: 1 }] })
      const next = produce(base, (d: any) => void (d.n = 2))
      return [Object.isFrozen(next.a.b), Object.isFrozen(base.list[0]), next.a === base.a]
    },
  ],
  [
    'below a frozen node nothing more is frozen',
    ({ produce }) => {
      const base = { a: Object.freeze({ b: { c: 1 } }), n: 1 }
      produce(base, (d: any) => void (d.n = 2))
      return Object.isFrozen(base.a.b)
    },
  ],
  [
    'isModified tells of writes, not of reads',
    ({ produce, isModified }) => {
      const seen: unknown[] = []
      produce({ a: { b: 1 }, due: new Date(1) }, (d: any) => {
        void [d.a.b, d.due]
        seen.push(isModified(d), isModified(d.a), isModified({}), isModified(null))
        d.a.b = 2
        seen.push(isModified(d), isModified(d.a))
      })
      return seen
    },
  ],
  [
    'lists: lengths, names and odd indices',
    ({ produce }) => {
      const refused = [-1, 1.5, NaN, 2 ** 32].map(length => {
        try {
          return produce([1, 2], (d: any) => void (d.length = length))
        } catch (error) {
          return (error as Error).name
        }
      })
      const longer = produce([1, 2], (d: any) => void (d.length = '1'))
      return [refused, longer]
    },
  ],
  [
    'a named property of a list is not deleted',
    ({ produce }) => produce(todos(), (d: any) => delete d.name),
  ],
  [
    'a marked instance that was copied by `current` can be edited again',
    api => {
      const { produce, current } = api
      const next = produce({ p: marked(api, 1) }, (d: any) => {
        d.p.hour = 2
        d.p = current(d.p)
      })
      return Object.isFrozen(next.p) && next.p.time
    },
  ],
]
