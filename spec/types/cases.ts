// Compiled by `tsc -p .`, never run: what users of stores and collections write, and what must not compile.
import {
  castDraft,
  castImmutable,
  createCollection,
  createStore,
  type Collection,
  type DocumentStore,
  type Draft,
  type Edit,
  type Immutable,
  type NewEntity,
  type ReadonlyDate,
  type Store,
} from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'
import * as immer from 'cowslip/produce'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
type Tags = string[] & { readonly __brand: 'Tags' }
type UserId = string & { readonly __brand: 'UserId' }
class Money {
  readonly #cents: number
  constructor(cents: number) {
    this.#cents = cents
  }
  get cents(): number {
    return this.#cents
  }
}
class Legacy {
  private secret = 1
  reveal(): number {
    return this.secret
  }
}
interface Tree {
  value: number
  children: Tree[]
  at?: Date
}
interface Doc {
  _id: UserId
  name: string
  nick?: string
  tags: string[]
  readonly fixed: readonly number[]
  matrix: number[][]
  pair: [number, string]
  rest: [string, ...number[]]
  tail: [...number[], string]
  maybe: [a: number, b?: string]
  empty: []
  branded: Tags
  at: Date
  bytes: Uint8Array
  any: any
  thing: unknown
  record: Record<string, unknown>
  scores: Record<string, number>
  map: Map<string, unknown>
  people: Map<string, { age: number }>
  members: Set<{ n: number }>
  price: Money
  legacy: Legacy
  tree: Tree
  free: Json
  nested: { deep: { list: { n: number }[] } } | null
  run: (n: number) => string
  pattern: RegExp
}
type Row = { _id: number; kind: 'a'; a: string } | { _id: number; kind: 'b'; b: number }

declare const store: Store<Doc>
declare const edit: Edit<Doc>
declare const doc: Doc
declare const docs: Collection<Doc>
declare const live: DocumentStore<Doc>
const { state } = store

// 1-12: `unknown`, index signatures and Map values take anything.
store.edit(draft => {
  draft.thing = null
  draft.thing = undefined
  draft.thing = { a: 1 }
  draft.record['a'] = null
  draft.record['a'] = undefined
  draft.record = { a: undefined, b: null }
  draft.map.set('a', null)
  draft.map.set('a', undefined)
  draft.any = null
  draft.any.what.ever = 1
  draft.scores['a'] = 1
  // @ts-expect-error not of its type
  draft.scores['a'] = null
})
store.patch({ thing: null, record: { a: null } })
store.patch({ thing: undefined, any: undefined })

// 13-24: what a snapshot holds is put back without a cast.
store.edit(draft => {
  draft.tags = state.tags
  draft.matrix = state.matrix
  draft.pair = state.pair
  draft.rest = state.rest
  draft.at = state.at
  draft.bytes = state.bytes
  draft.people = state.people
  draft.members = state.members
  draft.tree = state.tree
  draft.tree.children.push(state.tree)
  draft.nested = state.nested
  draft.price = state.price
  draft.free = state.free
  draft.fixed = state.fixed
  draft.record = state.record
})
store.patch({ tags: state.tags, at: state.at, pair: state.pair, nested: state.nested })
store.patch(state)
const again: Store<Doc> = createStore<Doc>(state)
docs.insert({ ...live.state, _id: 'x' as UserId })
const { _id: _, ...without } = live.state
docs.insert(without)
const copied: Doc = state
const dated: Date = new Date(state.at)
const time = (date: Date): number => date.getTime()
time(state.at)
const first = ([n]: [number, string]): number => n
first(state.pair)
const length = (bytes: Uint8Array): number => bytes.length
length(state.bytes)
const list: readonly string[] = state.tags
const readonlyMap: ReadonlyMap<string, { readonly age: number }> = state.people
const readonlyDate: ReadonlyDate = state.at

// 25-40: a snapshot is read-only, and says what it holds.
// @ts-expect-error a field
state.name = 'x'
// @ts-expect-error an element
state.tags[0] = 'x'
// @ts-expect-error push
state.tags.push('x')
// @ts-expect-error sort
state.tags.sort()
// @ts-expect-error below
state.matrix[0]!.push(1)
// @ts-expect-error an element of a tuple
state.pair[0] = 1
// @ts-expect-error a tuple has no push
state.pair.push(1)
// @ts-expect-error a date
state.at.setFullYear(1)
// @ts-expect-error bytes
state.bytes.set([1])
// @ts-expect-error a byte
state.bytes[0] = 1
// @ts-expect-error a Map
state.people.set('a', { age: 1 })
// @ts-expect-error a value of a Map
state.people.get('a')!.age = 1
// @ts-expect-error a Set
state.members.clear()
// @ts-expect-error a record
state.scores['a'] = 1
// @ts-expect-error a tree
state.tree.children[0]!.children[0]!.value = 1
// @ts-expect-error length
state.tags.length = 0
const [n, s]: readonly [number, string] = [state.pair[0], state.pair[1]]
const [head, ...others] = state.rest
const upper: string[] = state.tags.map(tag => tag.toUpperCase())
const found: string | undefined = state.tags.find(tag => tag === 'x')
const joined: string = [...state.tags, ...state.fixed].join()
const every: boolean = state.tags.every(tag => tag.length > 0)
const sorted: string[] = state.tags.toSorted()
const year: number = state.at.getFullYear()
const byte: number | undefined = state.bytes[0]
const age: number | undefined = state.people.get('a')?.age
for (const member of state.members) void member.n
for (const [key, { age: years }] of state.people) void (key.length + years)
const cents: number = state.price.cents
const money: Money = state.price
const revealed: number = state.legacy.reveal()
const legacy: Legacy = state.legacy
const told: string = state.run(1)
const matched: boolean = state.pattern.test('x')
const branded: Tags = state.branded

// 41-50: tuples, brands and classes stay what they are in a draft.
store.edit(draft => {
  draft.pair = [1, 'x']
  draft.rest = ['x', 1, 2, 3]
  draft.rest.push(4)
  draft.tail = [1, 2, 'x']
  draft.maybe = [1]
  draft.branded = ['x'] as Tags
  draft.price = new Money(1)
  draft.legacy = new Legacy()
  draft.fixed.push(1)
  delete draft.nick
  const kept: Money = draft.price
  const tags: Tags = draft.branded
  const pair: [number, string] = draft.pair
  const rest: [string, ...number[]] = draft.rest
  void [kept, tags, pair, rest]
  // @ts-expect-error a tuple has its length
  draft.pair = [1]
  // @ts-expect-error and its types
  draft.rest = [1, 'x']
  // @ts-expect-error a brand is not made up
  draft.branded = ['x']
  // @ts-expect-error nor a class
  draft.price = { cents: 1 }
})

// 51-58: unions of documents, ids.
const rows = createCollection<Row>('rows', { adapter: memoryAdapter() })
rows.insert({ kind: 'a', a: 'x' })
rows.insert({ _id: 1, kind: 'b', b: 1 })
// @ts-expect-error the union is kept
rows.insert({ kind: 'a', b: 1 })
// @ts-expect-error the id has its type
rows.insert({ _id: 'x', kind: 'a', a: 'x' })
rows.get(1)
rows.delete(1)
// @ts-expect-error the id has its type
rows.get('x')
// @ts-expect-error the id has its type
rows.delete('x')
docs.get('x' as UserId)
// @ts-expect-error a brand too
docs.get('x')
const anything = createCollection<{ name: string }>('c', { adapter: memoryAdapter() })
anything.get(5)
const entity: NewEntity<Row> = { kind: 'a', a: 'x' }

// 59-64: what an edit tells is read-only.
const changes = edit.getChanges()
const partial: Partial<Doc> = changes
// @ts-expect-error it is read-only
changes.name = 'x'
// @ts-expect-error below too
changes.tags?.push('x')

// 65-72: casts, in the core and in produce, in generic code too.
const asDraft: Draft<Doc> = castDraft(doc)
const asImmutable: Immutable<Doc> = castImmutable(doc)
const immersDraft: Draft<Doc> = immer.castDraft(doc)
function put<T extends object>(target: Store<{ value: T }>, value: T): void {
  target.edit(draft => {
    draft.value = castDraft(value)
    draft.value = immer.castDraft(value)
  })
}
function read<T extends object>(target: Store<T>): Immutable<T> {
  return target.state
}
function copyOf<T extends object>(value: T): Immutable<T> {
  return castImmutable(value)
}
put(createStore({ value: { n: 1 } }), { n: 2 })

// 73-: recursive types may be exported, and end.
export const aDraft = (tree: Tree): Draft<Tree> => castDraft(tree)
export const aSnapshot = store.state.tree
export const deepDraft = castDraft({} as { tree: Tree; json: Json })
export const used: unknown[] = [
  again,
  copied,
  dated,
  list,
  readonlyMap,
  readonlyDate,
  n,
  s,
  head,
  others,
  upper,
  found,
  joined,
  every,
  sorted,
  year,
  byte,
  age,
  cents,
  money,
  revealed,
  legacy,
  told,
  matched,
  branded,
  entity,
  partial,
  asDraft,
  asImmutable,
  immersDraft,
  read,
  copyOf,
]
