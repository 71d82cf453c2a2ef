// Compiled by `tsc -p .`, never run: paths, unions, generics, branded and recursive types, Map and Set.
import {
  createStore,
  type DottedPath,
  type Draft,
  type Edit,
  type Immutable,
  type Store,
} from 'cowslip'
import { produce, produceWithPatches, type Draft as ProduceDraft } from 'cowslip/produce'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
type UserId = string & { readonly __brand: 'UserId' }

interface Tree {
  readonly value: number
  readonly children: readonly Tree[]
  readonly parent?: Tree
}
type Shape =
  | { readonly kind: 'circle'; readonly radius: number }
  | { readonly kind: 'square'; readonly side: number }

interface Model {
  readonly id: UserId
  readonly address: { readonly city: string; readonly geo: { readonly lat: number } }
  readonly tags: readonly string[]
  readonly items: readonly { readonly sku: string }[]
  readonly tree: Tree
  readonly free: Json
  readonly shape: Shape
  readonly scores: ReadonlyMap<UserId, { readonly points: number }>
  readonly seen: ReadonlySet<{ readonly n: number }>
  readonly any: any
}

declare const store: Store<Model>
declare const edit: Edit<Model>

// Dotted paths are completed, three keys deep.
const known: DottedPath<Model>[] = [
  'address',
  'address.city',
  'address.geo.lat',
  'tags.0',
  'items.3.sku',
  'tree.children.1',
  'free',
  'scores',
]
// @ts-expect-error no such path
const unknownPath: DottedPath<Model> = 'address.town'
// Any text, and any exact segments, are paths all the same.
edit.hasChanged('address.city')
edit.hasChanged('some.path.from.elsewhere')
edit.hasChanged('no.such.path')
edit.getOriginalValue(['scores', 'ada', 'points'])
edit.rollback('tags')
store.subscribe(() => {}, { path: 'address.geo', fields: ['tags'] })
// @ts-expect-error a number is none
edit.hasChanged(5)

// Read-only in, writable in the recipe, at any depth.
store.edit(draft => {
  draft.address.geo.lat = 1
  draft.tree.children[0]?.children.push({ value: 1, children: [] })
  draft.scores.set('x' as UserId, { points: 1 })
  const score = draft.scores.get('x' as UserId)
  if (score !== undefined) score.points = 2
  for (const member of draft.seen) member.n++
  draft.free = { deep: [{ er: null }] }
  if (draft.shape.kind === 'circle') draft.shape.radius = 2
  // @ts-expect-error the union is kept
  draft.shape.radius = 3
  // @ts-expect-error brands are kept
  draft.id = 'text'
  // @ts-expect-error keys of a Map too
  draft.scores.get(5)
})
// @ts-expect-error a snapshot's Map is read-only
store.state.scores.set('x', { points: 1 })
// @ts-expect-error its values too
store.state.scores.get('x' as UserId)!.points = 1
// @ts-expect-error and its Sets
store.state.seen.clear()

// Generics in functions of the user's.
function rename<T extends { name: string }>(target: Store<T>, name: string): void {
  target.edit(draft => {
    const named = draft as { name: string }
    named.name = name
  })
}
rename(createStore({ name: 'Ada', age: 36 }), 'Grace')
function touched<T extends object>(of: Edit<T>): boolean {
  return of.hasChanged('name')
}
touched(edit)

// Recursive types end.
declare const tree: Draft<Tree>
tree.children[0]!.children[0]!.value = 1
declare const json: Immutable<{ free: Json }>
const free: unknown = json.free

// produce has Immer's types.
const next: Model = produce({} as Model, draft => {
  draft.address.city = 'Paris'
  draft.tags.push('x')
})
const [, patches] = produceWithPatches({ n: 1 }, draft => void draft.n++)
const op: 'add' | 'remove' | 'replace' | undefined = patches[0]?.op
const add = produce((draft: ProduceDraft<{ n: number }>, by: number) => {
  draft.n += by
})
const sum: { readonly n: number } = add({ n: 1 }, 2)
// @ts-expect-error the argument's type is known
add({ n: 1 }, 'x')

export { free, known, next, op, sum, unknownPath }
