// Appends while replies are cut: nothing may land twice, nothing acknowledged may be missing.
import { createCollection, CowslipError } from 'cowslip'
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
}

/** Appends numbers to one document while this share of the replies is cut. */
export async function appendUnderCuts(
  url: string,
  { appends, share, seed }: { appends: number; share: number; seed: number },
): Promise<Appends> {
  const proxy = await cuttingProxy(url)
  const client = new MongoClient(proxy.url)
  const db = client.db(`cuts_${process.pid}_${seed}`)
  const random = new Random(seed)
  try {
    const c = createCollection<{ _id: string; log: number[] }>('c', { adapter: mongodbAdapter(db) })
    const doc = await c.insert({ _id: 'log', log: [] })
    proxy.cut = () => random.chance(share)
    const told = new Set<number>()
    let unknown = 0
    for (let n = 0; n < appends; n++) {
      try {
        await doc.edit(draft => void draft.log.push(n))
        told.add(n)
      } catch (error) {
        if (!(error instanceof CowslipError) || error.code !== 'unknown') throw error
        unknown++
      }
    }
    proxy.cut = () => false
    await doc.reload()
    const { log } = doc.state
    const lost = [...told].filter(n => !log.includes(n)).length
    const twice = log.length - new Set(log).size
    await db.dropDatabase()
    return { cuts: proxy.cuts, acknowledged: told.size, unknown, twice, lost }
  } finally {
    await client.close()
    await proxy.close()
  }
}
