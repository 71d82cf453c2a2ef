// What a recipe puts in, takes out and looks at: statements about Immer's rules, run on both.
import { marked, state, todos, type Statement } from './fixtures.ts'

const S: unique symbol = Symbol('s')

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
    'values under symbol keys',
    ({ produce, isDraft }) => {
      const base = { [S]: { n: 1 }, a: 1 }
      const seen: unknown[] = []
      const next: any = produce(base, (d: any) => {
        seen.push(isDraft(d[S]), S in d, Object.hasOwn(d, S), Reflect.ownKeys(d).length)
        d[S].n = 2
        d.a = 2
      })
      const last: any = produce(next, (d: any) => void (d[S].n = 3))
      return [seen, base[S].n, next[S].n, last[S].n, Object.isFrozen(next)]
    },
  ],
  [
    'an object under a symbol is not frozen',
    ({ produce }) => {
      const mine = { n: 1 }
      const next: any = produce({ a: 1 } as any, (d: any) => void (d[S] = mine))
      return [next[S] === mine, Object.isFrozen(mine)]
    },
  ],
  [
    'a draft under a hidden key of what was inserted',
    ({ produce }) => {
      const mine: any = Object.defineProperty({}, 'hidden', { value: 1, writable: true })
      const next: any = produce(state(), (d: any) => {
        mine.hidden = d.user
        d.mine = mine
        d.user.name = 'Eve'
      })
      return [next.mine.hidden.name, next.mine.hidden === next.user, Object.keys(next.mine)]
    },
  ],
  [
    'a draft behind an accessor of what was inserted, frozen or not',
    ({ Immer }) =>
      [true, false].map(autoFreeze => {
        const { produce } = new Immer({ autoFreeze })
        const inner: any[] = []
        const mine = Object.defineProperty({}, 'got', { get: () => inner, enumerable: true })
        const next: any = produce(state(), (d: any) => {
          inner.push(d.user)
          d.mine = mine
          d.user.name = 'Eve'
        })
        return [next.mine.got[0].name, next.mine.got[0] === next.user]
      }),
  ],
  [
    'without freezing, accessors of what was inserted are left alone where no draft can be',
    ({ Immer }) => {
      let asked = 0
      const get = (): number => asked++
      const { produce } = new Immer({ autoFreeze: false })
      produce({}, (d: any) => {
        d.mine = Object.defineProperty({}, 'got', { get, enumerable: true })
      })
      return asked
    },
  ],
  [
    'named properties of an inserted array stay',
    ({ produce }) => {
      const match = 'abc'.match(/(?<q>b)/)
      const next: any = produce({} as any, (d: any) => void (d.match = match))
      return [next.match === match, next.match.groups.q, next.match.index]
    },
  ],
  [
    'own fields of an inserted Map and Set stay',
    ({ produce }) => {
      const map = Object.assign(new Map([['a', { n: 1 }]]), { name: 'map' })
      const set = Object.assign(new Set([{ n: 1 }]), { name: 'set' })
      const next: any = produce({} as any, (d: any) => void Object.assign(d, { map, set }))
      return [next.map.name, next.set.name, Object.isFrozen(map.get('a')), next.map === map]
    },
  ],
  [
    'a dictionary without a prototype stays one',
    ({ produce }) => {
      const base = Object.assign(Object.create(null), { a: { n: 1 }, b: 2 })
      const seen: unknown[] = []
      const next: any = produce(base, (d: any) => {
        seen.push(Object.getPrototypeOf(d), 'toString' in d, d.toString, Object.keys(d))
        d.c = 3
        d.a.n = 2
      })
      const last: any = produce(next, (d: any) => void delete d.b)
      return [seen, Object.getPrototypeOf(next), { ...last }, Object.getPrototypeOf(last)]
    },
  ],
  [
    'descriptors of a draft of a frozen base',
    ({ produce, freeze, immerable }) => {
      class Field {
        readonly [immerable] = true
        n = 1
      }
      const base = freeze({ [S]: 1, list: [1], field: new Field(), a: { b: 1 } }, true)
      const seen: unknown[] = []
      produce(base, (d: any) => {
        for (const at of [d, d.list, d.field, d.a]) {
          seen.push(Object.keys(at), { ...at }[0], Object.assign({}, at).n)
          for (const key of Reflect.ownKeys(at)) {
            const { enumerable, writable } = Object.getOwnPropertyDescriptor(at, key) as any
            seen.push(String(key), enumerable, writable, key in at, Object.hasOwn(at, key))
          }
        }
      })
      return seen
    },
  ],
  [
    'own accessors are values once their object is changed',
    ({ produce }) => {
      const base = { a: 1, get b() { return this.a * 2 } } // prettier-ignore
      const next: any = produce(base, (d: any) => void (d.a = 5))
      const same: any = produce(next, (d: any) => void (d.b = 7))
      return [next.b, Object.getOwnPropertyDescriptor(next, 'b')?.value, same.b]
    },
  ],
  [
    'a getter that makes a new object each time gives it as it is',
    ({ produce, isDraft }) => {
      const base = { a: 1, get fresh() { return { n: 1 } } } // prettier-ignore
      let drafted: unknown
      const next: any = produce(base, (d: any) => {
        drafted = isDraft(d.fresh)
        d.fresh.n = 9
        d.a = 2
      })
      return [drafted, next.a, next.fresh.n]
    },
  ],
  [
    'what is hidden is not copied, unless copies are strict',
    api => {
      const base = Object.defineProperty({ a: 1 }, 'hidden', { value: { n: 1 } })
      const keys = [true, false, 'class_only'].map(useStrictShallowCopy => {
        const { produce } = new api.Immer({ useStrictShallowCopy })
        return Reflect.ownKeys(produce(base, (d: any) => void (d.a = 2)))
      })
      class Thing {
        static readonly [api.immerable] = true
        a = 1
      }
      const thing = Object.defineProperty(new Thing(), 'hidden', { value: 1 })
      const { produce } = new api.Immer({ useStrictShallowCopy: 'class_only' })
      return [keys, Reflect.ownKeys(produce(thing, (d: any) => void (d.a = 2)))]
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
