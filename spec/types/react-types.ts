// Compiled by `tsc -p .`, never run: what users of the hooks write, and what must not compile.
import { createStore, type ChangeSet, type Collection, type DocumentStore } from 'cowslip'
import type { CowslipPanel } from 'cowslip/devtools'
import * as light from 'cowslip/light'
import { useDocument, useEdit, useStore, useUndo } from 'cowslip/react'

interface Note {
  _id: string
  title: string
  tags: string[]
  at: Date
  by: Record<string, { n: number }>
  parent?: { id: number } | null
  pair: [string, number]
}
type Equals<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const check = <T extends true>(_: T): void => {}
declare const note: DocumentStore<Note>
declare const notes: Collection<Note>

export function Component(): null {
  const store = createStore({ a: 1, list: [{ x: 'y' }] })
  const byPath = useStore(store, 'list.0.x')
  check<Equals<typeof byPath, string | undefined>>(true)
  const length = useStore(store, 'list.length')
  check<Equals<typeof length, number>>(true)
  const a = useStore(store, 'a')
  check<Equals<typeof a, number>>(true)
  const nothing = useStore(store, 'nothing.there')
  check<Equals<typeof nothing, unknown>>(true)
  const bySegments = useStore(store, ['list', 0, 'x'])
  check<Equals<typeof bySegments, unknown>>(true)
  const bySelector = useStore(store, state => state.list[0]?.x)
  check<Equals<typeof bySelector, string | undefined>>(true)
  const whole = useStore(light.createStore({ n: 1 }))
  check<Equals<typeof whole.n, number>>(true)
  const tag = useStore(note, 'tags.1')
  check<Equals<typeof tag, string | undefined>>(true)
  const below = useStore(note, 'by.some')
  check<Equals<NonNullable<typeof below>['n'], number>>(true)
  const id = useStore(note, 'parent.id')
  check<Equals<typeof id, number | undefined>>(true)
  const text: string = useStore(note, 'at').toISOString()

  const form = useEdit(store)
  form.draft.list.push({ x: text })
  check<Equals<ReturnType<typeof form.commit>, ChangeSet | null>>(true)
  const stored = useEdit(note)
  check<Equals<ReturnType<typeof stored.commit>, Promise<ChangeSet | null>>>(true)
  if (form.dirty('list.0.x') || form.dirty(['a'])) form.rollback()
  const original = form.original('a')
  check<Equals<typeof original, number>>(true)
  form.rollback(['list', 0])
  // @ts-expect-error not a path
  form.rollback(0)
  const view = useDocument(notes, 'x')
  if (view.status === 'ready') view.document.edit(draft => void (draft.title = view.data.title))
  // @ts-expect-error there may be none
  view.document.edit(() => {})
  const settled = useDocument(notes, 'x', { suspense: true })
  check<Equals<typeof settled.status, 'ready' | 'missing'>>(true)
  // @ts-expect-error no such option
  useDocument(notes, 'x', { suspend: true })
  const undoing = useUndo(note)
  check<Equals<ReturnType<typeof undoing.undo>, Promise<ChangeSet | null>>>(true)
  // @ts-expect-error a state is frozen
  form.values.list.push({ x: 'z' })
  // @ts-expect-error no such field
  useStore(store, state => state.nothing)
  // @ts-expect-error not a store
  useStore({ n: 1 })
  return null
}

declare const panel: { current: CowslipPanel | null }
export const Panel = (): unknown => ({
  // What `<cowslip-panel>` takes in JSX.
  props: { ref: panel, name: 'Changes', target: note } satisfies PanelProps,
  // @ts-expect-error a number is no name
  wrong: { name: 5 } satisfies PanelProps,
})
type PanelProps = React.JSX.IntrinsicElements['cowslip-panel']
