import { inspect } from 'node:util'
import { ObjectId } from 'bson'
import jsonPatch from 'fast-json-patch'
import * as assert from 'uvu/assert'
import { ChangeSet, createChangeSet } from '../../lib/changes/change-set.ts'
import { leavesOf, type Leaf } from '../../lib/document/leaves/leaves.ts'
import { edit, rules } from '../support/drafting.ts'
import { code, suite } from '../support/suite.ts'

/** The change set of one recipe on a document. */
function change(document: object, recipe: (draft: any) => void, info = {}): ChangeSet {
  const { base, next, op } = edit(document, recipe)
  const ops = op ?? { kind: 'object', keys: new Map() }
  return createChangeSet(ops, base, next, rules.leaves, info)
}

const sample = (): ChangeSet =>
  change({ name: 'Ada', tags: ['math'], age: 36, at: new Date(5) }, d => {
    d.tags.push('navy')
    d.at.setTime(6)
    delete d.age
    d.rank = 'admiral'
  })

const records = suite('ChangeSet')

records('names the touched keys in the order of first touch', () => {
  assert.equal(sample().touched, ['tags', 'at', 'age', 'rank'])
})

records('gives new values, removed keys and old values', () => {
  const c = sample()
  assert.equal(c.changes, { tags: ['math', 'navy'], at: new Date(6), rank: 'admiral' })
  assert.equal(c.removed, ['age'])
  assert.equal(c.originals, { tags: ['math'], at: new Date(5), age: 36 })
})

records('is frozen, and so is what it gives', () => {
  const c = sample()
  for (const value of [c, c.ops, c.touched, c.changes, c.originals, c.patches, c.patches[0]]) {
    assert.ok(Object.isFrozen(value))
  }
})

records('hands out mutable leaves as copies', () => {
  const c = sample()
  const at = () => c.changes.at as Date
  at().setTime(99)
  ;(c.originals.at as Date).setTime(99)
  for (const op of [...c.ops.keys.values()]) {
    if (op.kind === 'set' && op.value instanceof Date) op.value.setTime(99)
  }
  for (const { value } of c.patches) if (value instanceof Date) value.setTime(99)
  for (const o of c.toJSONPatch()) {
    if (o.op === 'replace' && o.value instanceof Date) o.value.setTime(99)
  }
  assert.is(at().getTime(), 6)
  assert.is((c.originals.at as Date).getTime(), 5)
  assert.is((c.invert().changes.at as Date).getTime(), 5)
  assert.is((c.patches.find(p => p.path[0] === 'at')?.value as Date).getTime(), 6)
})

records('shares what holds no mutable leaf', () => {
  const c = sample()
  assert.is(c.changes.tags, c.changes.tags)
})

records('patches have the shape of Immer', () => {
  assert.equal(
    change({ a: { b: 1 }, list: [1, 2, 3] }, d => {
      d.a.b = 2
      d.a.c = 3
      d.list.splice(1, 1, 'x', 'y')
    }).patches,
    [
      { op: 'replace', path: ['a', 'b'], value: 2 },
      { op: 'add', path: ['a', 'c'], value: 3 },
      { op: 'remove', path: ['list', 1] },
      { op: 'add', path: ['list', 1], value: 'x' },
      { op: 'add', path: ['list', 2], value: 'y' },
    ],
  )
})

records('a reorder is one replace in patches, and moves in JSON Patch', () => {
  const c = change({ list: [1, 2, 3, 4] }, d => d.list.push(d.list.shift()))
  assert.equal(
    c.patches.map(p => p.path),
    [
      ['list', 0],
      ['list', 3],
    ],
  )
  const moved = change({ list: [{ n: 1 }, { n: 2 }, { n: 3 }] }, d => d.list.push(d.list.shift()))
  assert.equal(moved.patches, [
    { op: 'replace', path: ['list'], value: [{ n: 2 }, { n: 3 }, { n: 1 }] },
  ])
  assert.equal(moved.toJSONPatch(), [{ op: 'move', from: '/list/0', path: '/list/2' }])
})

records('JSON Patch escapes keys, and tests on request', () => {
  const c = change({ 'a/b': { '~': 1 }, x: 1 }, d => {
    d['a/b']['~'] = 2
    delete d.x
  })
  assert.equal(c.toJSONPatch({ test: true }), [
    { op: 'test', path: '/a~1b/~0', value: 1 },
    { op: 'replace', path: '/a~1b/~0', value: 2 },
    { op: 'test', path: '/x', value: 1 },
    { op: 'remove', path: '/x' },
  ])
})

records('a large shuffle becomes moves in moderate time', () => {
  const items = Array.from({ length: 20_000 }, (_, i) => ({ i, k: (i * 7_919) % 20_011 }))
  const c = change({ items }, d => d.items.sort((a: any, b: any) => a.k - b.k))
  const patch = c.toJSONPatch()
  assert.ok(patch.every(({ op }) => op === 'move'))
  assert.ok(patch.length < 20_000)
  const small = change({ items: items.slice(0, 300) }, d =>
    d.items.sort((a: any, b: any) => a.k - b.k),
  )
  const document = { items: structuredClone(items.slice(0, 300)) }
  jsonPatch.applyPatch(document, [...small.toJSONPatch()] as never)
  assert.equal(document.items, small.changes.items)
})

records('inverts', () => {
  const back = sample().invert()
  assert.equal(back.changes, { tags: ['math'], at: new Date(5), age: 36 })
  assert.equal(back.removed, ['rank'])
  assert.equal(back.invert().changes, sample().changes)
})

records('is empty where nothing changed', () => {
  const c = change({ a: 1 }, () => {})
  assert.ok(c.isEmpty)
  assert.equal([c.touched, c.patches, c.toJSONPatch()], [[], [], []])
  assert.not(c.touches('a'))
  assert.not(sample().isEmpty)
})

records('knows which paths it touches', () => {
  const c = change({ a: { b: { c: 1 }, x: 1 }, list: [{ n: 1 }, { n: 2 }, { n: 3 }], o: 1 }, d => {
    d.a.b.c = 2
    d.list[0].n = 9
    d.list.splice(1, 1)
  })
  const touched = ['a', 'a.b', 'a.b.c', 'list', 'list.0', 'list.0.n', 'list.1', 'list.2.n']
  for (const path of touched) assert.ok(c.touches(path), path)
  for (const path of ['a.x', 'a.b.d', 'o', 'list.0.m', 'list.7', 'none'])
    assert.not(c.touches(path), path)
  assert.ok(c.touches([]))
  assert.ok(c.touches(['list', 2]))
  assert.ok(c.touches('list.length'))
  const replaced = change({ a: { b: 1 } }, d => (d.a = 5))
  assert.ok(replaced.touches('a.b.c'))
  for (const path of [1, null, {}]) {
    assert.throws(() => c.touches(path as never), code('bad-argument'))
  }
})

records('its id is made once and is its own', () => {
  const c = sample()
  assert.is(c.id, c.id)
  assert.is.not(c.id, sample().id)
  assert.is(change({ a: 1 }, d => (d.a = 2), { id: 'mine' }).id, 'mine')
})

records('carries what is known of it', () => {
  const info = { label: 'l', meta: { by: 'me' }, origin: 'undo', baseVersion: 1, version: 2, at: 3 }
  const c = change({ a: 1 }, d => (d.a = 2), info)
  for (const [key, value] of Object.entries(info)) assert.equal(c[key as keyof ChangeSet], value)
  assert.is(sample().origin, 'local')
})

records('reads well in the console', () => {
  const lines = [
    'ChangeSet (local)',
    "tags: + 'navy'",
    'at: 1970-01-01T00:00:00.005Z -> 1970-01-01T00:00:00.006Z',
    'age: - 36',
    "rank: + 'admiral'",
  ]
  assert.is(inspect(sample()), lines.join('\n  '))
})

records.run()

const json = suite('ChangeSet as JSON')
const roundTrip = (c: ChangeSet, leaves?: readonly Leaf[]): ChangeSet =>
  ChangeSet.from(JSON.parse(JSON.stringify(c)), leaves && { leaves })

json('keeps ops and what is known beside them', () => {
  const info = {
    label: 'l',
    meta: { by: ['me'] },
    origin: 'remote',
    baseVersion: 1,
    version: 2,
    at: 3,
  }
  const c = change(
    { a: [1, { b: 2 }, 3] },
    d => (d.a.reverse(), (d.a[1].b = 4), d.a.push('x')),
    info,
  )
  const read = roundTrip(c)
  assert.equal(read.ops, c.ops)
  assert.is(read.id, c.id)
  for (const key of Object.keys(info) as (keyof ChangeSet)[]) assert.equal(read[key], c[key])
  assert.equal(read.toJSON(), c.toJSON())
})

json('keeps types that JSON lacks', () => {
  const values = {
    negative: -0,
    nan: NaN,
    infinite: -Infinity,
    big: 12345678901234567890n,
    at: new Date(5),
    invalid: new Date(NaN),
    pattern: /a"b/gi,
    bytes: new Uint8Array([0, 255, 7]),
    buffer: Buffer.from('hello'),
    raw: new Uint8Array([1, 2]).buffer,
    floats: new Float64Array([1.5, -2]),
    marked: { $cow: ['date', 5], deep: { $cow: 1 } },
    hostile: JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}'),
  }
  const c = change({}, d => Object.assign(d, values))
  assert.ok(c.toJSONPatch().length > 0)
  const read = roundTrip(c)
  for (const [key, op] of read.ops.keys) {
    const expected = c.changes[key]
    assert.is(op.kind, 'set')
    if (op.kind !== 'set') continue
    assert.ok(rules.leaves.find(Object(op.value)) === rules.leaves.find(Object(expected)), key)
    assert.is(inspect(op.value), inspect(expected), key)
    assert.ok(typeof op.value !== 'object' || op.value instanceof Object, key)
  }
  assert.ok(Object.is((read.ops.keys.get('negative') as { value: unknown }).value, -0))
})

json('leaves of the user are kept by encode and decode, and need them', () => {
  const leaf: Leaf = {
    name: 'oid',
    is: v => v instanceof ObjectId,
    equals: (a, b) => (a as ObjectId).equals(b as ObjectId),
    encode: v => (v as ObjectId).toHexString(),
    decode: v => new ObjectId(v as string),
  }
  const id = new ObjectId()
  const { base, next, op } = edit({ a: 1 }, d => (d.a = { id }))
  const leaves = leavesOf([leaf])
  const read = roundTrip(createChangeSet(op, base, next, leaves, {}), [leaf])
  const set = read.ops.keys.get('a') as unknown as { value: { id: ObjectId } }
  assert.ok(set.value.id.equals(id))
  assert.throws(() => createChangeSet(op, base, next, rules.leaves, {}).toJSON(), /"a\.id"/)
  const text = JSON.parse(JSON.stringify(createChangeSet(op, base, next, leaves, {})))
  assert.throws(() => ChangeSet.from(text), code('bad-argument'))
})

json('one made from ops alone says so when asked for values', () => {
  const read = roundTrip(sample())
  assert.equal(read.touched, sample().touched)
  assert.equal(json_(read), json_(sample()))
  assert.equal(roundTrip(read.invert()).touched, sample().touched)
  for (const ask of ['changes', 'removed', 'originals', 'patches', 'inverse'] as const) {
    assert.throws(() => read[ask], code('needs-base'))
  }
})
const json_ = (c: ChangeSet): unknown => JSON.parse(JSON.stringify(c.toJSONPatch()))

json('a Map or a Set has no JSON Patch, but JSON', () => {
  for (const value of [new Map([[1, 2]]), { deep: [new Set([1])] }]) {
    const c = change({ a: 1 }, d => (d.x = value))
    assert.throws(() => c.toJSONPatch(), code('unsupported-value'))
    assert.equal(ChangeSet.from(JSON.parse(JSON.stringify(c))).ops, c.ops)
  }
  const below = change({ m: new Map([['k', 1]]) }, d => d.m.set('k', 2))
  assert.throws(() => below.toJSONPatch(), code('unsupported-value'))
  const keyed = change({ m: new Map() }, d => d.m.set({}, 1))
  assert.throws(() => JSON.stringify(keyed), code('unsupported-value'))
})

json('functions are refused with their path', () => {
  const c = change({}, d => (d.a = { f: () => 1 }))
  assert.throws(() => c.toJSON(), /"a\.f"/)
})

json('anything else is refused', () => {
  const good = JSON.parse(JSON.stringify(sample()))
  const array = (...rest: unknown[]) => ({ ...good, ops: ['o', [['k', ['a', ...rest]]]] })
  let deep: unknown = 1
  for (let i = 0; i < 3_000; i++) deep = { a: deep }
  const tooDeep = { ...good, ops: ['o', [['k', ['s', deep]]]] }
  assert.throws(() => ChangeSet.from(tooDeep), code('unsupported-value'))
  const bad: unknown[] = [
    null,
    undefined,
    1,
    'text',
    [],
    {},
    { cowslip: 2, ops: ['o', []] },
    { ...good, ops: undefined },
    { ...good, ops: ['s', 1] },
    { ...good, ops: ['o', [['k', ['x']]]] },
    { ...good, ops: ['o', [[1, ['u', 1]]]] },
    {
      ...good,
      ops: [
        'o',
        [
          ['k', ['u', 1]],
          ['k', ['u', 1]],
        ],
      ],
    },
    { ...good, ops: ['o', { k: 1 }] },
    { ...good, id: 1 },
    { ...good, origin: 'elsewhere' },
    { ...good, version: 'x' },
    { ...good, label: {} },
    { ...good, ops: ['o', [['k', ['s', { $cow: 1 }]]]] },
    { ...good, ops: ['o', [['k', ['s', { $cow: ['bigint', 'x'] }]]]] },
    { ...good, ops: ['o', [['k', ['s', { $cow: ['date', 'x'] }]]]] },
    { ...good, ops: ['o', [['k', ['s', { $cow: ['regexp', ['(', '']] }]]]] },
    { ...good, ops: ['o', [['k', ['s', { $cow: ['binary', ['Function', 'YQ==']] }]]]] },
    { ...good, ops: ['o', [['k', ['s', { $cow: ['binary', ['Uint8Array', '?']] }]]]] },
    { ...good, ops: ['o', [['k', ['s', { $cow: ['unheard', 1] }]]]] },
    array(9e15, [], [], []),
    array(
      3,
      [
        [0, 2],
        [1, 2],
      ],
      [],
      [],
    ),
    array(3, [[0, 4]], [], []),
    array(3, [[0, 2]], [], []),
    array(3, [[0, 2]], [], [[1, 'x']]),
    array(3, [[0, 2]], [[2, ['u', 1]]], [[2, 'x']]),
    array(-1, null, [], []),
    array(1, [{ put: 1 }], [], [[0, 1]]),
    array(1, 'x', [], []),
    array(1, null, [[5, ['u', 1]]], []),
  ]
  for (const value of bad) {
    assert.throws(
      () => ChangeSet.from(value),
      code('bad-argument'),
      JSON.stringify(value)?.slice(0, 200),
    )
  }
})

json.run()
