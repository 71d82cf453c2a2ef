// Odd properties: symbols, what is not enumerable, accessors, dictionaries without a prototype, named properties of
// lists: statements about Immer's rules, run on both.
import { state, type Statement } from './fixtures.ts'

const S: unique symbol = Symbol('s')

export const OF_ODD: readonly (readonly [string, Statement])[] = [
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
    'drafts under symbols, and where it is not enumerable, end unfrozen',
    ({ produce, Immer }) => {
      const seen: unknown[] = []
      const next: any = produce({ id: { n: 1 }, [S]: { a: { b: 1 } } }, (d: any) => {
        d[S].a.b = 2
        d.id.n = 2
      })
      seen.push(Object.isFrozen(next), Object.isFrozen(next.id), Object.isFrozen(next[S].a))
      const last: any = produce(next, (d: any) => void (d[S].a.b = 3))
      seen.push(last[S].a.b, next[S].a.b, Object.isFrozen(last[S]), last.id === next.id)
      const both: any = produce(next, (d: any) => {
        d.seen = d[S]
        d[S].a.b = 4
      })
      seen.push(both.seen === both[S], Object.isFrozen(both.seen.a))
      const returned: any = produce({ a: { x: 1 } }, (d: any) => ({ [S]: d.a }))
      seen.push(Object.isFrozen(returned[S]), returned[S].x)
      const strict = new Immer({ useStrictShallowCopy: true })
      const base = Object.defineProperty({}, 'h', { value: { x: { y: 1 } }, configurable: true })
      const hidden = strict.produce(base, (d: any) => void (d.h.x.y = 2))
      seen.push(hidden.h.x.y, Object.isFrozen(hidden), Object.isFrozen(hidden.h.x))
      return seen
    },
  ],
  [
    'patches come in the order of their drafts, the last made first, and of direct writes',
    ({ produceWithPatches }) => [
      produceWithPatches({ a: { x: 1 }, b: { y: 1 }, c: 1 } as any, (d: any) => {
        d.c = 2
        d.b.y = 2
        d.a.x = 2
        d.z = 1
        delete d.c
      }).slice(1),
      produceWithPatches({ a: { b: 1, c: 1 } } as any, (d: any) => {
        const { a } = d
        a.b = 2
        delete a.c
        d.x = a
        delete d.a
      }).slice(1),
    ],
  ],
  [
    'patches of an inner recipe hold no drafts',
    ({ produce, isDraft }) => {
      const seen: unknown[] = []
      produce({ sub: { y: [{ a: 0 }, { a: 1 }] } } as any, (d: any) => {
        d.sub = produce(
          d.sub,
          (sub: any) => void sub.y.pop(),
          (_: any, inverse: any) => seen.push(isDraft(inverse[0].value), inverse[0].value),
        )
      })
      return seen
    },
  ],
  [
    'patches with a value that later patches change',
    ({ produceWithPatches, applyPatches }) => {
      const base = { items: [1] }
      const [one, p1] = produceWithPatches(base, (d: any) => void (d.items = []))
      const [, p2] = produceWithPatches(one, (d: any) => void d.items.push(2))
      return [applyPatches(base, [...p1, ...p2]), p1]
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
]
