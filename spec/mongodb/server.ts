import { MongoClient, type Db } from 'mongodb'

/** A database, and more of them. */
export interface TestDatabase {
  readonly db: Db
  readonly client: MongoClient
  /** Returns another database, which is empty. */
  fresh(): Db
  /** Drops them all, and closes the client. */
  close(): Promise<void>
}

/** A database of the server that the runner started, for one spec file; closed and dropped in the end. */
export async function openDatabase(name: string): Promise<TestDatabase> {
  const url = process.env.COWSLIP_MONGODB_URL
  if (url === undefined) {
    throw new Error(
      'Expected a MongoDB server. Run this spec by `npm test`, which starts one, or set MONGODB_URL.',
    )
  }
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000 })
  await client.connect()
  const made = [client.db(`${name}_${process.pid}`)]
  const [db] = made as [Db]
  return {
    db,
    client,
    fresh() {
      made.push(client.db(`${db.databaseName}_${made.length}`))
      return made.at(-1) as Db
    },
    async close() {
      for (const each of made) await each.dropDatabase().catch(() => {})
      await client.close()
    },
  }
}
