// Where `cowslip/produce` is not as Immer on purpose; the guide's table says why. Each shows both.
import * as assert from 'uvu/assert'
import * as immer from 'immer'
import * as ours from 'cowslip/produce/full'
import { code, suite } from '../support/suite.ts'
import { Clock, state } from './fixtures.ts'

immer.enablePatches()
ours.enablePatches()
immer.enableMapSet()

const test = suite('on purpose not as Immer')

/** What `run` gives on ours and on Immer. */
const both = (run: (api: any) => unknown): [ours: unknown, immers: unknown] => [
  run(ours),
  run(immer),
]

test('a revert keeps the reference', () => {
  const run = ({ produce }: any): boolean => {
    const base = state()
    const next = produce(base, (d: any) => {
      d.n = 2
      d.n = 1
    })
    return next === base
  }
  assert.equal(both(run), [true, false])
})

test('a value assigned back keeps its reference, an equal one of the user is his', () => {
  const run = ({ produce }: any): boolean[] => {
    const base = state()
    const back = produce(base, (d: any) => void (d.list = [...d.list]))
    const home = produce(base, (d: any) => {
      const { user } = d
      d.user = null
      d.user = user
    })
    return [back === base, home === base]
  }
  assert.equal(both(run), [
    [false, true],
    [false, false],
  ])
})

test('dates are tracked', () => {
  const run = ({ produce }: any): number[] => {
    const base = { due: new Date(1) }
    const next = produce(base, (d: any) => void d.due.setTime(5))
    return [base.due.getTime(), next.due.getTime()]
  }
  assert.equal(both(run), [
    [1, 5],
    [5, 5],
  ])
})

test('a recipe that is async is refused', () => {
  assert.throws(() => ours.produce(state(), (async () => {}) as never), code('async-recipe'))
  assert.ok((immer.produce(state(), (async () => {}) as never) as unknown) instanceof Promise)
})

test('a draft hidden in an instance is refused', () => {
  const hide = ({ produce }: any): unknown =>
    produce(state(), (d: any) => {
      const clock: any = new Clock(1)
      clock.user = d.user
      d.clock = clock
    })
  assert.throws(() => hide(ours), code('unsupported-value'))
  assert.throws(() => (hide(immer) as any).clock.user.name, TypeError)
})

test('a draft in a key of a Map is refused', () => {
  const hide = ({ produce }: any): unknown =>
    produce({ map: new Map(), user: {} }, (d: any) => void d.map.set(d.user, 1))
  assert.throws(() => hide(ours), code('unsupported-value'))
  assert.throws(() => Object.keys([...(hide(immer) as any).map.keys()][0]), TypeError)
})

test('a draft in a frozen object is replaced, in a copy of that', () => {
  const hide = ({ produce }: any): any =>
    produce(state(), (d: any) => void (d.held = Object.freeze({ user: d.user })))
  assert.equal(hide(ours).held, { user: state().user })
  assert.throws(() => hide(immer).held.user.name, TypeError)
})

test('`current` shares nothing that is not frozen', () => {
  const run = ({ createDraft, current }: any): boolean => {
    const base = state()
    return current(createDraft(base)) === base
  }
  assert.equal(both(run), [false, true])
  const frozen = ours.freeze(state(), true)
  assert.is(ours.current(ours.createDraft(frozen)), frozen)
})

test('`__proto__` is a key', () => {
  const set = ({ produce }: any): any =>
    produce({}, (d: any) => void (d['__proto__'] = { admin: true }))
  assert.equal(Object.getOwnPropertyNames(set(ours)), ['__proto__'])
  assert.is(set(ours).admin, undefined)
  assert.throws(() => set(immer))
})

test('0 and -0 differ', () => {
  const run = ({ produce }: any): number => produce({ n: 0 }, (d: any) => void (d.n = -0)).n
  assert.ok(Object.is(run(ours), -0) && Object.is(run(immer), 0))
})

test('patches of arrays: a splice is what went and what came, a new order one replace', () => {
  const patches = (act: (list: any) => void): unknown =>
    ours.produceWithPatches({ list: [1, 2, 3] }, (d: any) => void act(d.list))[1]
  assert.equal(
    patches(list => list.shift()),
    [{ op: 'remove', path: ['list', 0] }],
  )
  assert.equal(
    patches(list => list.reverse()),
    [{ op: 'replace', path: ['list'], value: [3, 2, 1] }],
  )
})

test('a gap in an array is filled with undefined', () => {
  const run = ({ produce }: any): boolean => 1 in produce([0], (d: any) => void (d[2] = 2))
  assert.equal(both(run), [true, false])
  assert.throws(() => ours.produce([0], d => void (d.length = 1e9)), RangeError)
})

test('a draft of another edit is taken as what it shows', () => {
  const run = ({ produce, createDraft, isDraft }: any): boolean => {
    const other = createDraft({ n: 1 })
    other.n = 2
    const next = produce(state(), (d: any) => void (d.other = { in: other }))
    return isDraft(next.other.in)
  }
  assert.equal(both(run), [false, true])
})

test('a draft of an ended edit is refused', () => {
  const leak = ({ produce }: any): unknown => {
    let leaked: unknown
    produce(state(), (d: any) => void (leaked = d.user))
    return produce(state(), (d: any) => void (d.other = leaked))
  }
  assert.throws(() => leak(ours), code('ended-draft'))
  assert.throws(() => (leak(immer) as any).other.name, TypeError)
})

test('a named property of a draft of a Map is refused', () => {
  const name = ({ produce }: any): any =>
    produce({ map: new Map() }, (d: any) => void (d.map.name = 'map'))
  assert.throws(() => name(ours), code('unsupported-value'))
  assert.is(name(immer).map.name, undefined)
})

test('a definition of plain data is a write', () => {
  const field = { value: 1, writable: true, enumerable: true, configurable: true }
  const define = ({ produce }: any): any =>
    produce({}, (d: any) => void Object.defineProperty(d, 'a', field))
  assert.equal(define(ours), { a: 1 })
  assert.throws(() => define(immer))
})

test('a callback that writes is called again with the draft of that element', () => {
  const run = ({ produce, freeze }: any): number => {
    let calls = 0
    produce(freeze([{ n: 1 }, { n: 2 }], true), (d: any) => {
      d.some((item: any) => {
        calls++
        item.seen = true
      })
    })
    return calls
  }
  assert.equal(both(run), [3, 2])
})

test('`applyPatches` removes a member of a Set that is equal', () => {
  const run = ({ applyPatches }: any): number =>
    applyPatches(new Set([{ n: 1 }]), [{ op: 'remove', path: [0], value: { n: 1 } }]).size
  assert.equal(both(run), [0, 1])
})

test('what is wrong is told by a CowslipError with a code', () => {
  assert.throws(() => ours.current({} as never), code('bad-argument'))
  assert.throws(() => ours.produce(new Clock(1), () => {}), code('bad-argument'))
  assert.throws(() => ours.applyPatches({}, [null] as never), code('bad-argument'))
  let leaked: any
  ours.produce(state(), (d: any) => void (leaked = d.user))
  assert.throws(() => leaked.name, code('ended-draft'))
})

test.run()
