// Components on a collection in memory.
import { createCollection, transaction } from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'
import { useDocument, useEdit, useQuery } from 'cowslip/react'
import { Component, startTransition, Suspense, useEffect, useState, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'

interface Task {
  _id: string
  title: string
  done: boolean
}
const adapter = memoryAdapter()
const tasks = createCollection<Task>('tasks', { adapter })
// Stands for another program.
const others = createCollection<Task>('tasks', { adapter })
const counts = { list: 0, slow: 0 }

const One = ({ id }: { id: string }) => {
  const { status, data } = useDocument(tasks, id)
  return <p id={`one-${id}`}>{`${status} ${data?.title}`}</p>
}
const Open = () => {
  const { status, data } = useQuery(tasks, { done: false }, { sort: { title: 1 } })
  counts.list++
  return <p id="open">{`${status} ${data.map(({ title }) => title).join()}`}</p>
}
const Suspended = () => {
  const { data } = useQuery(tasks, {}, { suspense: true })
  return <p id="all">{data.length}</p>
}
const Failing = () => {
  const { status, error } = useQuery(tasks, { $nothing: 1 } as never)
  return <p id="failing">{`${status} ${(error as { code?: string } | undefined)?.code}`}</p>
}
class Boundary extends Component<{ children: ReactNode }, { error: any }> {
  override state = { error: null as any }
  static getDerivedStateFromError = (error: unknown) => ({ error })
  override render() {
    return this.state.error ? <p id="caught">{this.state.error.code}</p> : this.props.children
  }
}
const FailingSuspended = () => {
  useQuery(tasks, { $nothing: 2 } as never, { suspense: true })
  return null
}
// A storage that answers later than reads are kept which nobody looks at.
const slowAdapter: any = {
  ...memoryAdapter(),
  capabilities: adapter.capabilities,
  async *find() {
    await new Promise(resolve => setTimeout(resolve, 6_000))
    counts.slow++
  },
  load: async (_: string, ids: readonly unknown[]) => ids.map(() => null),
  commit: async ({ commitId }: { commitId: string }) => ({ status: 'unknown', commitId }) as const,
  close: async () => {},
}
const slow = createCollection<Task>('slow', { adapter: slowAdapter })
const Slow = () => <p id="slow">{useQuery(slow, {}, { suspense: true }).data.length}</p>

// In a transition React waits for what suspends, and goes on with the same render.
const fast = createCollection<Task>('tasks', { adapter })
const Later = () => <p id="later">{useQuery(fast, {}, { suspense: true }).data.length}</p>
const Entering = () => {
  const [isOn, setOn] = useState(false)
  useEffect(() => startTransition(() => setOn(true)), [])
  return isOn && <Later />
}
const later = document.createElement('div')
document.body.append(later)
createRoot(later).render(
  <Suspense fallback="...">
    <Entering />
  </Suspense>,
)

let form: any
const Form = () => {
  const { document } = useDocument(tasks, 'a')
  return document && <Held document={document} />
}
const Held = ({ document }: { document: any }) => {
  form = useEdit(document)
  return <p id="form">{`${form.values.title} ${form.isPending}`}</p>
}

flushSync(() =>
  createRoot(document.getElementById('root')!).render(
    <>
      <One id="a" />
      <One id="b" />
      <Open />
      <Failing />
      <Form />
      <Suspense fallback={<p id="all">waiting</p>}>
        <Suspended />
      </Suspense>
      <Suspense fallback={null}>
        <Slow />
      </Suspense>
      <Boundary>
        <Suspense fallback={null}>
          <FailingSuspended />
        </Suspense>
      </Boundary>
    </>,
  ),
)
const text = (id: string) => document.getElementById(id)?.textContent
const settled = () => new Promise(resolve => setTimeout(resolve, 250))
Object.assign(globalThis, {
  spec: { tasks, others, transaction, counts, text, settled, form: () => form },
  ready: true,
})
