// Appends while replies are cut: nothing may land twice, nothing acknowledged may be missing.
import { createCollection, CowslipError, type Concurrency } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
import { Random } from '../properties/random.ts'
import { cuttingProxy } from './cutting-proxy.ts'

/** What became of the appends. */
export interface Appends {
  readonly cuts: number
  readonly acknowledged: number
  readonly unknown: number
  readonly twice: number
  readonly lost: number
  /** Clashes, though nobody else writes. */
  readonly clashes: number
}

/** How to append. */
export interface AppendOptions {
  readonly appends: number
  /** The share of replies that is cut. */
  readonly share: number
  readonly seed: number
  /** The documents that are appended to at once: 1 by default. */
  readonly documents?: number
  readonly concurrency?: Concurrency
  readonly ring?: 0 | 16
}

/** Appends numbers to documents while a share of the replies is cut. */
export async function appendUnderCuts(
  url: string,
  { appends, share, seed, documents = 1, concurrency = 'version', ring = 0 }: AppendOptions,
): Promise<Appends> {
  const proxy = await cuttingProxy(url)
  const client = new MongoClient(proxy.url)
  const db = client.db(`cuts_${process.pid}_${seed}`)
  const random = new Random(seed)
  try {
    const adapter = mongodbAdapter(db, { ring })
    const c = createCollection<{ _id: number; log: number[] }>('c', { adapter, concurrency })
    const docs = await Promise.all(
      Array.from({ length: documents }, (_, _id) => c.insert({ _id, log: [] })),
    )
    let clashes = 0
    for (const doc of docs) doc.on('conflict', () => void clashes++)
    proxy.cut = () => random.chance(share)
    const told = docs.map(() => new Set<number>())
    let unknown = 0
    const append = async (n: number, i: number): Promise<void> => {
      try {
        await docs[i]!.edit(draft => void draft.log.push(n))
        told[i]!.add(n)
      } catch (error) {
        if (!(error instanceof CowslipError) || error.code !== 'unknown') throw error
        unknown++
      }
    }
    for (let n = 0; n < appends; n++) await Promise.all(docs.map((_, i) => append(n, i)))
    proxy.cut = () => false
    let [lost, twice] = [0, 0]
    for (const [i, doc] of docs.entries()) {
      await doc.reload()
      const { log } = doc.state
      lost += [...told[i]!].filter(n => !log.includes(n)).length
      twice += log.length - new Set(log).size
    }
    await db.dropDatabase()
    const acknowledged = told.reduce((sum, { size }) => sum + size, 0)
    return { cuts: proxy.cuts, acknowledged, unknown, twice, lost, clashes }
  } finally {
    await client.close()
    await proxy.close()
  }
}
