// Whether the server guards the statements of a bulk write one by one: see `BatchSender`. It is tried once for each client,
// with an update that matches nothing.
import { ObjectId } from 'mongodb'
import type { MongoCollection } from '../driver.ts'

/** An `_id` that no document has. */
export const OTHER_ID: ObjectId = new ObjectId()

const known = new WeakMap<object, Promise<boolean>>()

/** Whether an upsert that would change `_id` fails with code 66, and inserts nothing. */
export function canGuardBulkWrites(client: object, documents: MongoCollection): Promise<boolean> {
  let answer = known.get(client)
  if (answer === undefined) {
    answer = probe(documents)
    known.set(client, answer)
    // A server that did not answer is asked again.
    answer.catch(() => known.delete(client))
  }
  return answer.catch(() => false)
}

async function probe(documents: MongoCollection): Promise<boolean> {
  const _id = new ObjectId()
  const update = { $set: { probe: 1 }, $setOnInsert: { _id: OTHER_ID } }
  try {
    await documents.updateOne({ _id, probe: 0 }, update, { upsert: true })
  } catch (error) {
    if ((error as { code?: unknown }).code === 66) return true
    throw error
  }
  // The server has inserted it.
  await documents.deleteOne({ _id: OTHER_ID })
  await documents.deleteOne({ _id })
  return false
}
