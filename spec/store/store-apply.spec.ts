import { ChangeSet, createStore } from 'cowslip'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

const apply = suite('store.apply')

apply('a change set of its own, and its inverse', () => {
  const store = createStore({ list: [{ n: 1 }, { n: 2 }], at: new Date(5) })
  const before = store.state
  const change = store.edit(d => {
    d.list.reverse()
    d.at.setTime(6)
  })
  const undone = store.apply(change!.invert())
  assert.equal(store.state, before)
  assert.is(undone?.origin, 'local')
  assert.ok(store.apply(undone!.invert()))
  assert.equal(store.state.list, [{ n: 2 }, { n: 1 }])
  assert.is(store.version, 3)
})

apply('an older change of its own is applied where nobody touched its keys', () => {
  const store = createStore({ a: { n: 1 }, b: 1 })
  const change = store.edit(d => (d.a.n = 2))!
  store.edit(d => (d.b = 2))
  store.apply(change.invert())
  assert.equal(store.state, { a: { n: 1 }, b: 2 })
})

apply(
  'an older one of its own comes on top of what came since, and is never matched by value',
  () => {
    const store = createStore({ list: [{ n: 1 }, { n: 2 }] })
    const change = store.edit(d => void d.list.push({ n: 3 }))!
    // An equal one of somebody else's, and another in front.
    store.edit(d => void d.list.unshift({ n: 3 }))
    const taken = store.apply(change.invert())!
    assert.equal(store.state.list, [{ n: 3 }, { n: 1 }, { n: 2 }])
    assert.equal([taken.origin, taken.baseVersion, taken.version], ['local', 2, 3])
  },
)

apply('an older one that clashes with what came since', () => {
  const store = createStore({ list: [{ n: 1 }, { n: 2 }], other: 1 })
  const change = store.edit(d => {
    d.list[0]!.n = 5
    d.other = 2
  })!
  store.edit(d => void (d.list[0]!.n = 6))
  const before = store.state
  try {
    store.apply(change.invert())
    assert.unreachable()
  } catch (error) {
    assert.ok(code('conflict')(error))
    const { conflicts } = error as { conflicts: any[] }
    assert.equal(conflicts, [{ path: ['list', 0, 'n'], base: 5, ours: 1, theirs: 6 }])
  }
  assert.is(store.state, before)
})

apply('one that is older than what is kept must find the very values it was made on', () => {
  const store = createStore({ list: [{ n: 1 }], n: 0 })
  const change = store.edit(d => void d.list.push({ n: 3 }))!
  for (let i = 1; i <= 500; i++) store.edit(d => void (d.n = i))
  store.apply(change.invert())
  assert.equal(store.state.list, [{ n: 1 }])
  const again = store.edit(d => void d.list.push({ n: 4 }))!
  store.edit(d => void d.list.unshift({ n: 0 }))
  for (let i = 1; i <= 500; i++) store.edit(d => void (d.n = -i))
  assert.throws(() => store.apply(again.invert()), code('conflict'))
})

apply('a change of another store that fits is applied, and keeps its id and origin', () => {
  const one = createStore<any>({ a: { b: 1 }, list: [1, 2] })
  const two = createStore<any>({ a: { b: 1 }, list: [1, 2], other: 1 })
  const change = one.edit(
    d => {
      d.a.b = 2
      d.list.push(3)
      d.at = new Date(5)
    },
    { label: 'l' },
  )!
  const taken = two.apply(change)!
  assert.equal(two.state, { a: { b: 2 }, list: [1, 2, 3], other: 1, at: new Date(5) })
  assert.equal([taken.id, taken.origin, taken.label], [change.id, 'remote', 'l'])
  assert.is.not(two.state.at, one.state.at)
})

apply('one that went over a wire gives values again', () => {
  const one = createStore<any>({ a: [1, 2] })
  const two = createStore<any>({ a: [1, 2] })
  const wire = JSON.stringify(one.edit(d => (d.a.unshift(0), (d.at = new Date(5)))))
  const read = ChangeSet.from(JSON.parse(wire))
  assert.throws(() => read.changes, code('needs-base'))
  const taken = two.apply(read)!
  assert.equal(taken.changes, { a: [0, 1, 2], at: new Date(5) })
  assert.equal(taken.patches.length, 2)
})

apply('one that does not fit is refused with its paths', () => {
  const from = (document: object, recipe: (d: any) => void) =>
    createStore<any>(document).edit(recipe)!
  const cases: [object, (d: any) => void, object, unknown[]][] = [
    [{ a: 1 }, d => (d.a = 2), { a: 5 }, ['a']],
    [{ a: 1 }, d => (d.a = 2), {}, ['a']],
    [{}, d => (d.a = 2), { a: 1 }, ['a']],
    [{ a: 1 }, d => delete d.a, { a: 2 }, ['a']],
    [{ a: { b: 1 } }, d => (d.a.b = 2), { a: 1 }, ['a']],
    [{ a: { b: 1 } }, d => (d.a.b = 2), { a: { b: 7 } }, ['a', 'b']],
    [{ a: [1, 2] }, d => d.a.push(3), { a: [1] }, ['a']],
    [{ a: [1, 2] }, d => d.a.shift(), { a: [5, 2] }, ['a', 0]],
    [{ a: [1, 2] }, d => (d.a[1] = 3), { a: { 0: 1, 1: 2 } }, ['a']],
    [{ a: [{ n: 1 }] }, d => (d.a[0].n = 3), { a: [{ n: 2 }] }, ['a', 0, 'n']],
  ]
  for (const [made, recipe, found, path] of cases) {
    const store = createStore<any>(found)
    const before = store.state
    try {
      store.apply(from(made, recipe))
      assert.unreachable()
    } catch (error) {
      assert.ok(code('conflict')(error))
      assert.equal(
        (error as any).conflicts.map((c: any) => c.path),
        [path],
      )
    }
    assert.is(store.state, before)
  }
})

apply('patches in the format of Immer are applied', () => {
  const store = createStore<any>({ a: { b: 1 }, list: [1, 2, 3], gone: 1 })
  const change = store.apply([
    { op: 'replace', path: ['a', 'b'], value: 2 },
    { op: 'add', path: ['a', 'c'], value: { d: 1 } },
    { op: 'remove', path: ['gone'] },
    { op: 'remove', path: ['list', 0] },
    { op: 'add', path: ['list', 0], value: 'x' },
    { op: 'add', path: ['list', '-'], value: 'y' },
    { op: 'replace', path: ['list', 1], value: 'z' },
  ])
  assert.equal(store.state, { a: { b: 2, c: { d: 1 } }, list: ['x', 'z', 3, 'y'] })
  assert.is(change?.origin, 'remote')
  assert.is(store.apply([]), null)
  store.apply([{ op: 'replace', path: ['list', 'length'], value: 1 }])
  assert.equal(store.state.list, ['x'])
})

apply('patches that do not fit, and hostile ones', () => {
  const store = createStore<any>({ a: { b: 1 }, list: [1] })
  const before = store.state
  const misfits = [
    { op: 'replace', path: ['x', 'y'], value: 1 },
    { op: 'remove', path: ['x'] },
    { op: 'remove', path: ['list', 1] },
    { op: 'replace', path: ['list', 1], value: 1 },
    { op: 'add', path: ['list', 5], value: 1 },
    { op: 'add', path: ['list', 'x'], value: 1 },
    { op: 'add', path: ['a', 'b', 'c'], value: 1 },
    { op: 'add', path: ['constructor', 'prototype', 'bad'], value: 1 },
    { op: 'add', path: ['__proto__', 'bad'], value: 1 },
  ]
  for (const patch of misfits) assert.throws(() => store.apply([patch as never]), code('conflict'))
  const bad = [
    null,
    1,
    {},
    { op: 'move', path: ['a'] },
    { op: 'add', path: [] },
    { op: 'add', path: 'a' },
  ]
  for (const patch of bad) assert.throws(() => store.apply([patch as never]), code('bad-argument'))
  for (const change of [null, undefined, 1, {}, 'x']) {
    assert.throws(() => store.apply(change as never), code('bad-argument'))
  }
  assert.is(store.state, before)
  store.apply([{ op: 'add', path: ['__proto__'], value: { bad: 1 } }])
  assert.is(store.state.bad, undefined)
  assert.is(({} as any).bad, undefined)
})

apply.run()
