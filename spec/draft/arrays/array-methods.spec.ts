// Every method does on a draft what it does on a mutable array of the same values.
import * as assert from 'uvu/assert'
import { edit } from '../../support/drafting.ts'
import { suite } from '../../support/suite.ts'

const test = suite('array methods')

const items = (): any[] => [
  { id: 1, tags: ['a'] },
  { id: 2, tags: [] },
  'x',
  [3, 1, 2],
  NaN,
  { id: 3, tags: ['c', 'd'] },
]

/** `1`, as objects have it; else nothing. */
const id = (item: any): unknown => item?.id

const READS: Record<string, (list: any[]) => unknown> = {
  find: list => list.find(item => id(item) === 2),
  findLast: list => list.findLast(item => id(item)),
  findIndex: list => list.findIndex(item => id(item) === 3),
  findLastIndex: list => list.findLastIndex(item => id(item) === 9),
  filter: list => list.filter(item => id(item) !== 2),
  map: list => list.map((item, at) => [at, item]),
  forEach: list => {
    const seen: unknown[] = []
    list.forEach((item, at) => seen.push([at, item]))
    return seen
  },
  some: list => list.some(item => item === 'x'),
  every: list => list.every(item => id(item)),
  reduce: list => list.reduce((sum, item) => sum + (Number(id(item)) || 0), 0),
  reduceRight: list => list.reduceRight((text, item) => `${text}${String(id(item))}`, ''),
  includes: list => [
    list.includes('x'),
    list.includes(NaN),
    list.includes(list[0]),
    list.includes('y'),
  ],
  'includes from': list => [
    list.includes('x', 3),
    list.includes('x', -4),
    list.includes(list[0], -9),
  ],
  indexOf: list => [
    list.indexOf('x'),
    list.indexOf(NaN),
    list.indexOf(list[1]),
    list.indexOf('x', 3),
  ],
  lastIndexOf: list => [
    list.lastIndexOf('x'),
    list.lastIndexOf(list[1]),
    list.lastIndexOf('x', -5),
  ],
  slice: list => [list.slice(), list.slice(1, -2), list.slice(-2)],
  concat: list => [list.concat([1], 2), [0].concat(list as never[])],
  flat: list => list.flat(),
  flatMap: list => list.flatMap(item => [item, id(item)]),
  join: list => list.slice(2, 4).join('-'),
  at: list => [list.at(0), list.at(-1), list.at(9)],
  entries: list => [...list.entries()],
  keys: list => [...list.keys()],
  values: list => [...list.values()],
  iteration: list => {
    const seen = []
    for (const item of list) seen.push(item)
    return seen
  },
  spread: list => [...list],
  destructuring: ([first, , ...rest]) => [first, rest],
  toSorted: list => list.toSorted((a, b) => Number(id(b) ?? 0) - Number(id(a) ?? 0)),
  toReversed: list => list.toReversed(),
  toSpliced: list => list.toSpliced(1, 2, 'new'),
  with: list => list.with(-1, 'last'),
  'JSON.stringify': list => JSON.stringify(list),
  'Array.from': list => Array.from(list),
  isArray: list => [Array.isArray(list), list.length, Object.keys(list)],
  toString: (list: any) => String(list[3]),
}

for (const [name, read] of Object.entries(READS)) {
  test(`${name} reads what it reads of an array, and copies nothing`, () => {
    const { base, next, op } = edit({ list: items() }, d => {
      assert.equal(structuredCloneOf(read(d.list)), read(items()))
    })
    assert.is(op, null)
    assert.is(next, base)
  })
}

/** A plain copy of what may hold drafts. */
function structuredCloneOf(value: any): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Array.from(value, structuredCloneOf)
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, structuredCloneOf(v)]))
}

const WRITES: Record<string, (list: any[]) => unknown> = {
  push: list => list.push('y', { id: 9 }),
  pop: list => list.pop(),
  shift: list => list.shift(),
  unshift: list => list.unshift(0, 1),
  splice: list => list.splice(1, 2, 'new', 'more'),
  'splice from the end': list => list.splice(-2),
  'splice of nothing': list => list.splice(1, 0),
  sort: list => list.sort((a, b) => Number(id(b) ?? 0) - Number(id(a) ?? 0)),
  'sort by text': list => list.sort(),
  reverse: list => list.reverse(),
  fill: list => list.fill(0, 1, 3),
  copyWithin: list => list.copyWithin(0, 2, 3),
  'length =': list => (list.length = 2),
  'index =': list => (list[2] = 'other'),
  swap: list => ([list[0], list[1]] = [list[1], list[0]]),
  'edit what find gives': list => list.find(item => id(item) === 2).tags.push('t'),
  'edit what filter gives': list => list.filter(item => id(item)).forEach(item => (item.id += 1)),
  'edit in map': list =>
    list.map(item => (Object(item) === item && !Array.isArray(item) ? (item.id = 0) : 0)),
  'edit what slice gives': list => (list.slice(-1)[0].id = 7),
  'edit what flat gives': list => (list.flat()[0].id = 7),
  'edit what concat gives': list => ([].concat(list as never[])[0] as any).tags.push('z'),
  'edit while iterating': list => {
    for (const item of list) if (id(item)) item.tags.length = 0
  },
  'edit what at gives': list => (list.at(-1).id = 4),
  'edit what reduce gives': list => (list.reduce((a, b) => (id(b) ? b : a)).id = 5),
  'edit what toSorted gives': list => (list.toSorted(() => 0)[0].id = 5),
  'edit what pop gave and put back': list => {
    const last = list.pop()
    last.id = 8
    list.unshift(last)
  },
}

for (const [name, write] of Object.entries(WRITES)) {
  test(`${name} does what it does to an array`, () => {
    const model = items()
    const expected = write(model)
    const { next } = edit({ list: items() }, d => {
      const gave = write(d.list)
      assert.equal(structuredCloneOf(gave), expected)
      assert.equal(structuredCloneOf(d.list), model)
    })
    assert.equal(next.list, model)
  })
}

test('a raw element of the snapshot is found', () => {
  edit({ list: items() }, d => {
    const [first] = d.list
    d.list.unshift('new')
    first.id = 3
    assert.is(d.list.indexOf(first), 1)
    assert.ok(d.list.includes(first))
  })
})

const ASSIGNED: Record<string, [remake: (list: any[]) => any[], runs: unknown]> = {
  filter: [
    list => list.filter(item => id(item) !== 2),
    [
      { keep: 0, count: 1 },
      { keep: 2, count: 4 },
    ],
  ],
  slice: [list => list.slice(1), [{ keep: 1, count: 5 }]],
  spread: [list => [...list, 'end'], [{ keep: 0, count: 6 }, { insert: ['end'] }]],
  map: [
    list => list.map(item => (item === 'x' ? 'y' : item)),
    [{ keep: 0, count: 2 }, { insert: ['y'] }, { keep: 3, count: 3 }],
  ],
  toSorted: [
    list => list.toSorted((a, b) => Number(id(b) ?? 9) - Number(id(a) ?? 9)),
    [
      { keep: 2, count: 4 },
      { keep: 1, count: 1 },
      { keep: 0, count: 1 },
    ],
  ],
}

for (const [name, [remake, runs]] of Object.entries(ASSIGNED)) {
  test(`what ${name} gives, assigned back, is an edit of the array`, () => {
    const { base, next, op } = edit({ list: items() }, d => {
      d.list = remake(d.list)
    })
    assert.equal(next.list, remake(items()))
    assert.equal(op.keys.get('list').runs, runs)
    for (const item of next.list) {
      if (Object(item) === item) assert.ok(base.list.includes(item), 'kept by reference')
    }
  })
}

test('elements edited before and after go with it; a second copy is an insert', () => {
  const { next, op } = edit({ list: items() }, d => {
    const [first] = d.list
    first.id = 10
    d.list = d.list.slice(0, 2).concat([first])
    first.tags.push('b')
  })
  assert.equal(next.list, [
    { id: 10, tags: ['a', 'b'] },
    { id: 2, tags: [] },
    { id: 10, tags: ['a', 'b'] },
  ])
  const { runs, edits } = op.keys.get('list')
  assert.equal(runs, [{ keep: 0, count: 2 }, { insert: [next.list[0]] }])
  assert.equal([...edits.keys()], [0])
})

test('a new array without anything of the old is a whole set', () => {
  const { op } = edit({ list: items() }, d => (d.list = [{ id: 7, tags: ['z'] }]))
  assert.is(op.keys.get('list').kind, 'set')
})

test('assigned back unchanged it is no change', () => {
  const { base, next } = edit({ list: items() }, d => (d.list = d.list.map((item: any) => item)))
  assert.is(next, base)
})

test.run()
