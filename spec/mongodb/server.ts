import { MongoClient, type Db } from 'mongodb'

/** A database of the server that the runner started, for one spec file; closed and dropped in the end. */
export async function openDatabase(
  name: string,
): Promise<{ db: Db; client: MongoClient; close(): Promise<void> }> {
  const url = process.env.COWSLIP_MONGODB_URL
  if (url === undefined) {
    throw new Error(
      'Expected a MongoDB server. Run this spec by `npm test`, which starts one, or set MONGODB_URL.',
    )
  }
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000 })
  await client.connect()
  const db = client.db(`${name}_${process.pid}`)
  return {
    db,
    client,
    async close() {
      await db.dropDatabase().catch(() => {})
      await client.close()
    },
  }
}
