// What users of React and Redux write: containers assigned over containers, and the op that is expected of each.
import type { Run } from '../../lib/changes/ops/ops.ts'

/** An op in short: sets by value, unsets as `GONE`, objects by key, arrays as runs and edits. */
export const GONE: unique symbol = Symbol('gone')
export type Told = { set: unknown } | typeof GONE | { keys: Record<string, Told> } | ToldArray
interface ToldArray {
  runs: readonly Run[] | null
  edits: Record<number, Told>
}

export interface Row {
  readonly name: string
  readonly base: object
  readonly write: (d: any) => void
  readonly told: Record<string, Told>
}

const person = { name: 'Ada', address: { city: 'London', zip: 'E1', geo: { lat: 1, lon: 2 } } }
const list = {
  l: [
    { id: 1, n: 1, on: true },
    { id: 2, n: 2, on: true },
    { id: 3, n: 3, on: true },
  ],
}
const loose = {
  l: [
    { a: 1, b: 1 },
    { a: 2, b: 2 },
    { a: 3, b: 3 },
  ],
}
const tags = { t: ['a', 'b', 'c'] }
const keep = (from: number, count: number): Run => ({ keep: from, count })
const put = (...insert: unknown[]): Run => ({ insert })
const set = (value: unknown): Told => ({ set: value })
const below = (keys: Record<string, Told>): Told => ({ keys })
const moved = (...runs: Run[]): Told => ({ runs, edits: {} })
const edits = (of: Record<number, Told>): Told => ({ runs: null, edits: of })

export const ROWS: readonly Row[] = [
  {
    name: 'a spread with one field',
    base: person,
    write: d => (d.address = { ...d.address, city: 'Paris' }),
    told: { address: below({ city: set('Paris') }) },
  },
  {
    name: 'a spread with a new field',
    base: person,
    write: d => (d.address = { ...d.address, floor: 2 }),
    told: { address: below({ floor: set(2) }) },
  },
  {
    name: 'a rest without a field',
    base: person,
    write: d => {
      const { zip, ...rest } = d.address
      void zip
      d.address = rest
    },
    told: { address: below({ zip: GONE }) },
  },
  {
    name: 'a nested spread',
    base: person,
    write: d => (d.address = { ...d.address, geo: { ...d.address.geo, lat: 9 } }),
    told: { address: below({ geo: below({ lat: set(9) }) }) },
  },
  {
    name: 'a copy by JSON, changed',
    base: person,
    write: d => {
      const copy = JSON.parse(JSON.stringify(d.address))
      copy.geo.lon = 7
      d.address = copy
    },
    told: { address: below({ geo: below({ lon: set(7) }) }) },
  },
  {
    name: 'a spread that changes nothing',
    base: person,
    write: d => (d.address = { ...d.address }),
    told: {},
  },
  {
    name: 'another order of keys',
    base: person,
    write: d => {
      const { zip, ...rest } = d.address
      d.address = { zip, ...rest }
    },
    told: {},
  },
  {
    name: 'no key in both',
    base: person,
    write: d => (d.address = { street: 'x' }),
    told: { address: set({ street: 'x' }) },
  },
  {
    name: 'an object over a primitive',
    base: person,
    write: d => (d.name = { first: 'Ada' }),
    told: { name: set({ first: 'Ada' }) },
  },
  {
    name: 'an array over an object',
    base: person,
    write: d => (d.address = ['London']),
    told: { address: set(['London']) },
  },
  {
    name: 'an edit before the spread',
    base: person,
    write: d => {
      d.address.geo.lat = 5
      d.address = { ...d.address, zip: 'E2' }
    },
    told: { address: below({ geo: below({ lat: set(5) }), zip: set('E2') }) },
  },
  {
    name: 'an edit after the spread',
    base: person,
    write: d => {
      d.address = { ...d.address, zip: 'E2' }
      d.address.geo.lat = 5
    },
    told: { address: below({ zip: set('E2'), geo: below({ lat: set(5) }) }) },
  },
  {
    name: 'another entity',
    base: { c: { id: 1, mail: 'a' } },
    write: d => (d.c = { id: 2, mail: 'b' }),
    told: { c: set({ id: 2, mail: 'b' }) },
  },
  {
    name: 'another entity by _id, the id the same',
    base: { c: { _id: 'x', id: 1 } },
    write: d => (d.c = { _id: 'y', id: 1 }),
    told: { c: set({ _id: 'y', id: 1 }) },
  },
  {
    name: 'the same entity',
    base: { c: { id: 1, mail: 'a' } },
    write: d => (d.c = { id: 1, mail: 'b' }),
    told: { c: below({ mail: set('b') }) },
  },
  {
    name: 'only one has a key',
    base: { c: { id: 1, mail: 'a' } },
    write: d => (d.c = { mail: 'a' }),
    told: { c: set({ mail: 'a' }) },
  },
  {
    name: 'a map over elements',
    base: list,
    write: d => (d.l = d.l.map((x: any) => (x.id === 2 ? { ...x, n: 5 } : x))),
    told: { l: edits({ 1: below({ n: set(5) }) }) },
  },
  {
    name: 'a map that spreads every element',
    base: list,
    write: d => (d.l = d.l.map((x: any) => ({ ...x, n: x.id === 2 ? 5 : x.n }))),
    told: { l: edits({ 1: below({ n: set(5) }) }) },
  },
  {
    name: 'an element replaced by index',
    base: list,
    write: d => (d.l[1] = { ...d.l[1], n: 5 }),
    told: { l: edits({ 1: below({ n: set(5) }) }) },
  },
  {
    name: 'an element replaced by splice',
    base: list,
    write: d => d.l.splice(1, 1, { ...d.l[1], n: 5 }),
    told: { l: edits({ 1: below({ n: set(5) }) }) },
  },
  {
    name: 'an element replaced by with',
    base: list,
    write: d => (d.l = d.l.with(1, { ...d.l[1], n: 5 })),
    told: { l: edits({ 1: below({ n: set(5) }) }) },
  },
  {
    name: 'an element of another id in its place',
    base: list,
    write: d => (d.l = d.l.map((x: any) => (x.id === 2 ? { ...x, id: 9 } : x))),
    told: { l: moved(keep(0, 1), put({ id: 9, n: 2, on: true }), keep(2, 1)) },
  },
  {
    name: 'an append by spread',
    base: list,
    write: d => (d.l = [...d.l, { id: 4 }]),
    told: { l: moved(keep(0, 3), put({ id: 4 })) },
  },
  {
    name: 'a filter',
    base: list,
    write: d => (d.l = d.l.filter((x: any) => x.id !== 2)),
    told: { l: moved(keep(0, 1), keep(2, 1)) },
  },
  {
    name: 'a filter and a map',
    base: list,
    write: d => (d.l = d.l.filter((x: any) => x.id !== 1).map((x: any) => ({ ...x, on: false }))),
    told: {
      l: {
        runs: [keep(1, 2)],
        edits: { 1: below({ on: set(false) }), 2: below({ on: set(false) }) },
      },
    },
  },
  {
    name: 'a sorted copy with an edit',
    base: list,
    write: d => (d.l = d.l.toReversed().map((x: any) => (x.id === 1 ? { ...x, n: 0 } : x))),
    told: { l: { runs: [keep(2, 1), keep(1, 1), keep(0, 1)], edits: { 0: below({ n: set(0) }) } } },
  },
  {
    name: 'elements without keys, half alike',
    base: loose,
    write: d => (d.l = d.l.map((x: any) => (x.a === 2 ? { ...x, b: 5 } : x))),
    told: { l: edits({ 1: below({ b: set(5) }) }) },
  },
  {
    name: 'elements without keys, a third alike',
    base: {
      l: [
        { a: 1, b: 1, c: 1 },
        { a: 2, b: 2, c: 2 },
      ],
    },
    write: d => (d.l = [d.l[0], { a: 2, b: 8, c: 9 }]),
    told: { l: moved(keep(0, 1), put({ a: 2, b: 8, c: 9 })) },
  },
  {
    name: 'elements without keys, too little alike',
    base: loose,
    write: d => (d.l = [d.l[0], { a: 7, b: 8 }, d.l[2]]),
    told: { l: moved(keep(0, 1), put({ a: 7, b: 8 }), keep(2, 1)) },
  },
  {
    name: 'a primitive in the place of another',
    base: tags,
    write: d => (d.t = d.t.map((x: string) => (x === 'b' ? 'x' : x))),
    told: { t: moved(keep(0, 1), put('x'), keep(2, 1)) },
  },
  {
    name: 'from an empty array',
    base: { t: [] },
    write: d => (d.t = [...d.t, 'a']),
    told: { t: moved(put('a')) },
  },
  { name: 'to an empty array', base: tags, write: d => (d.t = []), told: { t: moved() } },
  {
    name: 'nothing kept of an array',
    base: tags,
    write: d => (d.t = ['x', 'y']),
    told: { t: set(['x', 'y']) },
  },
  {
    name: 'to an empty object and from one',
    base: { o: {}, p: { a: 1 } },
    write: d => {
      d.o = { a: 1 }
      d.p = {}
    },
    told: { o: below({ a: set(1) }), p: below({ a: GONE }) },
  },
]
