// Inserts many documents: they are sent together, and each has its own outcome.
import type { Deadline } from '../calls/deadline.ts'
import type { LiveDocument } from '../document/live-document.ts'
import { throwFailures, type ManyOutcome } from './many-error.ts'

/** Inserts new documents. What cannot be inserted is refused before anything is sent. Rejects with a `ManyError` where some could not be inserted; the others are. */
export async function insertMany<T extends object>(
  documents: readonly LiveDocument<T>[],
  createDeadline: (id: unknown) => Deadline,
): Promise<void> {
  const checked = documents.map(document => document.validateNew(document.state))
  const outcomes = await Promise.all(
    documents.map(async (document, i): Promise<ManyOutcome> => {
      const deadline = createDeadline(document.id)
      try {
        await deadline.race(document.insertInTurn(deadline, () => checked[i] as object))
        return { id: document.id }
      } catch (error) {
        return { id: document.id, error }
      }
    }),
  )
  throwFailures(outcomes, 'inserted')
}
