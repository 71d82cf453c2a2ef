// Compiled by `tsc -p .`, never run: what must compile, and what must not.
import {
  ChangeSet,
  StateTracker,
  createStore,
  type Draft,
  type Edit,
  type Immutable,
  type Store,
} from 'cowslip'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

interface Person {
  readonly name: string
  age?: number
  tags: readonly string[]
  address: { readonly city: string; geo: { lat: number } } | null
  due: Date
  bytes: Uint8Array
  pair: [number, string]
  free: Json
}

declare const person: Person
const store: Store<Person> = createStore(person)

// Read-only outside, at any depth.
// @ts-expect-error a snapshot is read-only
store.state.name = 'x'
// @ts-expect-error arrays too
store.state.tags.push('x')
// @ts-expect-error dates have no setters
store.state.due.setDate(3)
// @ts-expect-error bytes are not written to
store.state.bytes.fill(0)
// @ts-expect-error nor by index
store.state.bytes[0] = 1
const time: number = store.state.due.getTime()
const byte: number | undefined = store.state.bytes[0]

// Writable inside, whatever the document says.
const change: ChangeSet | null = store.edit(draft => {
  draft.name = 'x'
  draft.tags.push('x')
  if (draft.address !== null) draft.address.city = 'Paris'
  draft.due.setDate(3)
  draft.due = new Date()
  draft.bytes[0] = 1
  draft.pair[0] = 1
  draft.free = { a: [1, { b: null }] }
  delete draft.age
  // @ts-expect-error of its type
  draft.name = 5
  // @ts-expect-error no such field
  draft.nothing = 1
  // @ts-expect-error a required field stays
  delete draft.tags
})

store.patch({ name: 'x', age: undefined })
// @ts-expect-error of its type
store.patch({ name: 1 })
// @ts-expect-error no such field
store.patch({ nothing: 1 })

store.select(
  state => state.tags.length,
  (now: number, before: number) => now - before,
)
store.on('change', event => event.change.touched)
store.on('error', event => event.error)
// @ts-expect-error no such event
store.on('nothing', () => {})
store.subscribe((c: ChangeSet, { state }: { state: Immutable<Person> }) => [c, state], {
  fields: ['name'],
  path: ['tags', 0],
})

const edit: Edit<Person> = store.begin()
const draft: Draft<Person> = edit.draft
draft.tags.push('y')
edit.hasChanged('address.city')
edit.rollback(['tags', 0])
edit.rollback(edit.savepoint())
// @ts-expect-error neither path nor savepoint
edit.rollback(5)
const changes: Partial<Person> = edit.getChanges()

// Generic code, and recursive types, end.
function rename<T extends { name: string }>(generic: Store<T>, name: string): void {
  generic.edit(d => {
    ;(d as { name: string }).name = name
  })
}
rename(createStore({ name: 'x', extra: 1 }), 'y')
const json = createStore<{ [key: string]: Json }>({})
json.edit(d => {
  d.a = [{ b: [1] }]
})
const held: Immutable<Json> = json.state.a ?? null

interface Tree {
  value: number
  children: Tree[]
}
const tree = createStore<Tree>({ value: 1, children: [] })
tree.edit(d => void d.children[0]?.children[0]?.children.push({ value: 1, children: [] }))

// @ts-expect-error no root but an object
createStore(5)

const tracker = new StateTracker({ name: 'x', age: 1 })
const original: string | undefined = tracker.getOriginalValue('name')
tracker.hasChanged('any text')
// @ts-expect-error a text
tracker.hasChanged(5)

export const used: unknown[] = [time, byte, change, changes, held, original]
