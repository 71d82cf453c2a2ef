// What Immer's documentation says of `produce`, as functions of an API: each gives the values that the
// statement is about.
import { Clock, marked, state, todos, type Statement } from './fixtures.ts'

/** produce and what comes out of it. */
export const OF_PRODUCE: readonly (readonly [string, Statement])[] = [
  [
    'the base stays, the next state has the edits',
    ({ produce }) => {
      const base = todos()
      const next = produce(base, (d: any) => {
        d[1].done = true
        d.push({ title: 'Tweet' })
      })
      return [base, next, base[0] === next[0], base[1] === next[1]]
    },
  ],
  [
    'a recipe that does nothing gives the base',
    ({ produce }) => {
      const base = state()
      return produce(base, () => {}) === base
    },
  ],
  [
    'an equal primitive is no change',
    ({ produce }) => {
      const base = state()
      return produce(base, (d: any) => void (d.n = 1)) === base
    },
  ],
  [
    'what was not touched is shared',
    ({ produce }) => {
      const base = state()
      const next = produce(base, (d: any) => void d.user.tags.push('b'))
      return [next.list === base.list, next.user === base.user, next.user.tags]
    },
  ],
  [
    'the result is frozen, deeply',
    ({ produce }) => {
      const next = produce(state(), (d: any) => void (d.n = 2))
      return [next, next.user, next.user.tags].map(Object.isFrozen)
    },
  ],
  [
    'a result cannot be changed',
    ({ produce }) => {
      produce(state(), (d: any) => void (d.n = 2)).n = 3
    },
  ],
  ['deleting a key', ({ produce }) => produce(state(), (d: any) => void delete d.user)],
  [
    'undefined is a value of a key',
    ({ produce }) => Object.entries(produce(state(), (d: any) => void (d.n = undefined))),
  ],
  ['a primitive base is passed and returned', ({ produce }) => produce(5, (n: number) => n + 1)],
  [
    'a recipe of a primitive that returns nothing gives the base',
    ({ produce }) => produce('x', () => {}),
  ],
  [
    'an undefined base',
    ({ produce }) => [produce(undefined, () => {}), produce(undefined, () => 1)],
  ],
  [
    'a class that is not marked is refused as a base',
    ({ produce }) => produce(new Clock(1), () => {}),
  ],
  ['a date is refused as a base', ({ produce }) => produce(new Date(0), () => {})],
  ['a recipe must be a function', ({ produce }) => produce({}, 5)],
  ['a listener must be a function', ({ produce }) => produce({}, () => {}, 5)],
  ['an array as a base', ({ produce }) => produce([1, 2], (d: any) => void d.push(3))],
  [
    'a Map as a base',
    ({ produce }) => [...produce(new Map([['a', { n: 1 }]]), (d: any) => void (d.get('a').n = 2))],
  ],
  ['a Set as a base', ({ produce }) => [...produce(new Set([1]), (d: any) => void d.add(2))]],
  ['a returned value replaces the state', ({ produce }) => produce(state(), () => ({ other: 1 }))],
  [
    'a returned primitive does too',
    ({ produce }) => [
      produce(state(), () => 5),
      produce(state(), () => null),
      produce(state(), () => false),
    ],
  ],
  [
    'the draft returned is its own edits',
    ({ produce }) =>
      produce(state(), (d: any) => {
        d.n = 9
        return d
      }),
  ],
  [
    'editing and returning something else is refused',
    ({ produce }) =>
      produce(state(), (d: any) => {
        d.n = 9
        return { other: 1 }
      }),
  ],
  ['a nested draft may be returned', ({ produce }) => produce(state(), (d: any) => d.user)],
  [
    'a value with drafts inside may be returned',
    ({ produce }) => produce(state(), (d: any) => ({ user: d.user, all: [d.list] })),
  ],
  [
    'what a returned value keeps of the base is frozen',
    ({ produce }) => {
      const next = produce(state(), (d: any) => ({ user: d.user }))
      return [next.user, next.user.tags].map(Object.isFrozen)
    },
  ],
  [
    'a returned value is frozen',
    ({ produce }) => Object.isFrozen(produce(state(), () => ({ a: {} })).a),
  ],
  [
    'returning undefined changes nothing',
    ({ produce }) => {
      const base = state()
      return produce(base, () => undefined) === base
    },
  ],
  ['nothing makes it undefined', ({ produce, nothing }) => produce(state(), () => nothing)],
  [
    'filter returned',
    ({ produce }) => produce(todos(), (d: any) => d.filter((t: any) => t.title === 'Try')),
  ],
  [
    'map and reduce in a recipe',
    ({ produce }) =>
      produce(
        state(),
        (d: any) => void (d.n = d.list.map((v: number) => v * 2).reduce((a: any, b: any) => a + b)),
      ),
  ],
  ['void shortcuts', ({ produce }) => produce(state(), (d: any) => void (d.user.age = 1))],
  [
    'what the recipe throws is thrown',
    ({ produce }) => {
      try {
        produce(state(), () => {
          throw new RangeError('mine')
        })
      } catch (error) {
        return String(error)
      }
      return 'nothing thrown'
    },
  ],
  [
    'a state edited in the next recipe',
    ({ produce }) => {
      const one = produce(state(), (d: any) => void (d.user.name = 'B'))
      const two = produce(one, (d: any) => void d.user.tags.push('z'))
      return [one, two, one.list === two.list]
    },
  ],
  [
    'curried',
    ({ produce }) => {
      const toggle = produce((d: any, index: number) => void (d[index].done = !d[index].done))
      return [toggle(todos(), 0), toggle(todos(), 1)]
    },
  ],
  [
    'curried with an initial state',
    ({ produce }) => {
      const reducer = produce((d: any, by: number) => void (d.n += by), { n: 5 })
      return [reducer(undefined, 1), reducer({ n: 1 }, 1)]
    },
  ],
  [
    'curried keeps this',
    ({ produce }) =>
      produce(function (this: any, d: any) {
        d.n = this.n
      }).call({ n: 7 }, state()),
  ],
  [
    'curried over a list',
    ({ produce }) =>
      [{ n: 1 }, { n: 2 }].map(produce((d: any, index: number) => void (d.index = index))),
  ],
  [
    'produce within produce, assigned',
    ({ produce }) =>
      produce(state(), (d: any) => {
        d.user = produce(d.user, (u: any) => void (u.name = 'C'))
      }),
  ],
  [
    'produce within produce of the base leaves the outer alone',
    ({ produce }) => {
      const base = state()
      return produce(base, () => void produce(base, (d: any) => void (d.n = 3))) === base
    },
  ],
  [
    'produce of a draft that changes nothing gives the draft',
    ({ produce }) => {
      let same: unknown
      produce(state(), (d: any) => void (same = produce(d.user, () => {}) === d.user))
      return same
    },
  ],
  [
    'a draft that leaked is revoked',
    ({ produce }) => {
      let leaked: any
      produce(state(), (d: any) => void (leaked = d.user))
      return leaked.name
    },
  ],
  [
    'the root draft that leaked is revoked for writes',
    ({ produce }) => {
      let leaked: any
      produce(state(), (d: any) => void (leaked = d))
      leaked.n = 5
    },
  ],
  [
    'the same draft at two places',
    ({ produce }) => {
      const next = produce(state(), (d: any) => {
        d.copy = d.user
        d.user.name = 'Z'
      })
      return [next, next.copy === next.user]
    },
  ],
  [
    'an alias in the base is edited at one place',
    ({ produce }) => {
      const shared = { n: 1 }
      return produce({ a: shared, b: shared }, (d: any) => void (d.a.n = 2))
    },
  ],
  [
    'a move',
    ({ produce }) =>
      produce(state(), (d: any) => {
        d.person = d.user
        delete d.user
        d.person.name = 'M'
      }),
  ],
  [
    'symbol keys',
    ({ produce }) => {
      const key = Symbol('k')
      const next = produce({ [key]: { n: 1 } }, (d: any) => void (d[key].n = 2))
      return next[key].n
    },
  ],
  [
    'functions and unknown classes pass untouched',
    ({ produce }) => {
      const [clock, run] = [new Clock(1), () => 1]
      const next = produce(state(), (d: any) => void Object.assign(d, { clock, run }))
      return [next.clock === clock, next.run === run, Object.isFrozen(clock)]
    },
  ],
  [
    'a marked class keeps its prototype, getters and methods',
    api => {
      const clock = marked(api, 1)
      const next = api.produce(clock, (d: any) => d.tick())
      return [next instanceof Clock, next.time, next.hour, clock.hour]
    },
  ],
  [
    'in, Object.keys and spread of a draft',
    ({ produce }) => {
      let seen: unknown
      produce(state(), (d: any) => {
        delete d.n
        d.x = 1
        seen = ['n' in d, 'x' in d, Object.keys(d), Object.keys({ ...d }), JSON.stringify(d)]
      })
      return seen
    },
  ],
]
