// Memory of documents: flat over many commits with clashes, and free again once nobody holds a document.
import { createCollection } from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { collected } from './collected.ts'
import { clashingCommits } from './clashing-commits.ts'

const test = suite('memory of documents')

test('a dropped document is collectable once its commits have settled, also while it is watched', async () => {
  const adapter = memoryAdapter()
  const docs = createCollection<any>('docs', { adapter, optimistic: true })
  const other = createCollection<any>('docs', { adapter })
  let told = 0
  void (async () => {
    for await (const _ of docs.watch()) told++
  })()
  const make = async () => {
    const doc = await docs.insert({ _id: 'd', n: 0 })
    const stop = doc.subscribe(() => {})
    void doc.edit((d: any) => void d.n++)
    await doc.edit((d: any) => void d.n++)
    await doc.undo()
    stop()
    return new WeakRef(doc)
  }
  const weak = await make()
  const remote: any = await other.get('d')
  await remote.edit((d: any) => void (d.n = 10))
  assert.ok(await collected(weak))
  await remote.edit((d: any) => void d.n++)
  await new Promise(resolve => setTimeout(resolve, 10))
  assert.is(told, 2, 'the collection is watched as before')
  // Who listens, or waits for a commit, keeps the document.
  const listened = (await docs.get('d')) as object
  ;(listened as any).subscribe(() => told++)
  const kept = new WeakRef(listened)
  await remote.edit((d: any) => void d.n++)
  await new Promise(resolve => setTimeout(resolve, 10))
  assert.ok(kept.deref() !== undefined)
  await docs.close()
})

test('the heap is flat over commits with clashes, watched and optimistic', async () => {
  const commit = await clashingCommits()
  // The ids of some thousand commits are remembered, in portions, so the least of several samples counts.
  const least = async (): Promise<number> => {
    const samples: number[] = []
    for (let i = 0; i < 3; i++) samples.push(await commit(2_000))
    return Math.min(...samples)
  }
  await commit(6_000)
  const before = await least()
  const after = await least()
  // A leak of one change set for each commit would be some 6 MB.
  assert.ok(after - before < 1_200_000, `${after - before} bytes more`)
})

test.run()
