// Three handles of one document commit at once, so that all but one clash: for the heap over many commits.
import { createCollection, type DocumentStore } from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'
import { withoutWatch } from '../collection/people.ts'

type Doc = { _id: string; n: number; list: number[] }

/** Returns a function that makes so many commits, three at once, and returns the heap then, in bytes. */
export async function clashingCommits(): Promise<(commits: number) => Promise<number>> {
  const adapter = memoryAdapter()
  const open = (more = {}, inner = adapter) =>
    createCollection<Doc>('docs', { adapter: inner, ...more })
  await open().insert({ _id: 'd', n: 0, list: [] })
  const collections = [
    open({ optimistic: true }),
    open({}, withoutWatch(adapter)),
    open({ concurrency: 'fields' }),
  ]
  const handles: DocumentStore<Doc>[] = []
  for (const c of collections) handles.push((await c.get('d')) as DocumentStore<Doc>)
  handles[0]?.subscribe(() => {})
  return async commits => {
    for (let i = 0; i < commits; i += handles.length) {
      await Promise.all(
        handles.map(handle =>
          handle.edit(d => {
            d.n++
            d.list.push(i)
            if (d.list.length > 5) d.list.shift()
          }),
        ),
      )
    }
    globalThis.gc?.()
    return process.memoryUsage().heapUsed
  }
}
