// Stores the documents of a collection in their newest shape: see `Collection.migrate`.
import type { StoredDocument } from '../../adapters/contract.ts'
import type { CallLimits, ManyOptions, ManyResult } from '../call-types.ts'
import type { LiveDocument } from '../document/live-document.ts'
import { isNewerShape } from '../calls/outcome.ts'
import { inTime, stepsOf, type Many } from './edit-many.ts'
import { runInPages } from './in-pages.ts'

/** A document that was read, and a way to its live one if it has an older shape. */
interface Found<T extends object> {
  readonly stored: StoredDocument
  readonly live: Promise<LiveDocument<T> | null> | null
}

/** Goes through all documents, and writes those of older shapes. */
export async function migrate<T extends object>(
  many: Many<T>,
  options: ManyOptions,
): Promise<ManyResult> {
  const { reader, identityMap, filter, limits, createDeadline } = many
  const query = { filter, sort: { _id: 1 } } as const
  const show = async (
    stored: StoredDocument,
    asked: typeof query,
    sent: number,
  ): Promise<Found<T>> => {
    if (!identityMap.shapes.isOlder(stored)) return { stored, live: null }
    const live = (async () => reader.asLive(stored, asked, sent))()
    // One that cannot be read fails alone.
    await live.catch(() => {})
    return { stored, live }
  }
  return runInPages<Found<T>>({
    ...(await stepsOf(many, options)),
    done: 'migrated',
    readPage: request =>
      inTime(createDeadline(), own =>
        reader.page(query, (stored, _, sent) => show(stored, query, sent), request, own),
      ),
    idOf: ({ stored }) => (stored.doc as { readonly _id?: unknown })._id,
    goesOn: true,
    act: async ({ live }) => {
      const document = await live
      return document !== null && bringOn(document, limits)
    },
  })
}

/** Brings one document on. Resolves to whether it was; one that a newer program has brought on meanwhile is left alone. */
async function bringOn<T extends object>(
  live: LiveDocument<T>,
  limits: CallLimits,
): Promise<boolean> {
  try {
    return await live.bringOn(limits)
  } catch (error) {
    if (isNewerShape(error)) return false
    throw error
  }
}
