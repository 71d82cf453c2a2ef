// Edits and deletes the documents that a filter matches. Each is written only in a state that the filter matches: after a
// clash it is looked for with the filter once more.
import type { StoredDocument } from '../../adapters/contract.ts'
import type { Query } from '../../adapters/contract-queries.ts'
import type { Draft } from '../../document/types.ts'
import { CowslipError } from '../../document/messages/errors.ts'
import type { Deadline } from '../calls/deadline.ts'
import type { CallLimits, ManyOptions, ManyResult } from '../call-types.ts'
import type { DocumentReader } from '../document-reader.ts'
import type { LiveDocument } from '../document/live-document.ts'
import type { IdentityMap } from '../identity-map.ts'
import { deleteStored } from './delete-stored.ts'
import { runInPages, type Steps } from './in-pages.ts'

/** The parts of a collection that are needed. */
export interface Many<T extends object> {
  readonly identityMap: IdentityMap<T, LiveDocument<T>>
  readonly reader: DocumentReader<T>
  readonly filter: NonNullable<Query['filter']>
  /** Limits of each write. */
  readonly limits: CallLimits
  createDeadline(id?: unknown): Deadline
  /** Counts the documents that match. */
  count(): Promise<number>
}

/** Edits the documents that match: see `Collection.editMany`. */
export async function editMany<T extends object>(
  many: Many<T>,
  recipe: (draft: Draft<T>) => unknown,
  options: ManyOptions,
): Promise<ManyResult> {
  const { reader, filter, createDeadline } = many
  const query = { filter, sort: { _id: 1 } } as const
  return runInPages<LiveDocument<T>>({
    ...(await stepsOf(many, options)),
    done: 'edited',
    readPage: request =>
      inTime(createDeadline(), own => reader.page(query, reader.asLive, request, own)),
    idOf: ({ id }) => id,
    act: found => editFound(many, found, recipe),
  })
}

/** Deletes the documents that match: see `Collection.deleteMany`. */
export async function deleteMany<T extends object>(
  many: Many<T>,
  options: ManyOptions,
): Promise<number> {
  const { reader, filter, createDeadline } = many
  const query = { filter, sort: { _id: 1 } } as const
  const { changed } = await runInPages<StoredDocument>({
    ...(await stepsOf(many, options)),
    done: 'deleted',
    readPage: request => inTime(createDeadline(), own => reader.readPage(query, request, own)),
    idOf: ({ doc }) => (doc as { readonly _id?: unknown })._id,
    act: found => deleteFound(many, found),
  })
  return changed
}

/** Runs a read within its time. */
export const inTime = <R>(
  deadline: Deadline,
  run: (deadline: Deadline) => Promise<R>,
): Promise<R> => deadline.race(run(deadline))

/** Returns the steps that the options ask for. */
export async function stepsOf<T extends object>(
  { limits, count }: Many<T>,
  { concurrency = 100, onProgress, after = null }: ManyOptions,
): Promise<Pick<Steps<never>, 'size' | 'after' | 'onProgress' | 'total' | 'throwIfOver'>> {
  return {
    size: concurrency,
    after,
    onProgress,
    total: onProgress === undefined ? undefined : await count(),
    throwIfOver: () => limits.signal?.throwIfAborted(),
  }
}

/** Thrown by a recipe that is to run again, on another state than the filter has matched. */
const MOVED = new Error('The document has moved on')

/** Edits one document that was found. Resolves to whether it changed; null: the filter no longer matches it. */
async function editFound<T extends object>(
  { reader, filter, limits, createDeadline }: Many<T>,
  found: LiveDocument<T>,
  recipe: (draft: Draft<T>) => unknown,
): Promise<boolean | null> {
  const { id } = found
  const deadline = createDeadline(id)
  let document: LiveDocument<T> | null = found
  for (let clashes = 0; ; clashes++) {
    if (document === null) return null
    let hasRun = false
    const once = (draft: Draft<T>): unknown => {
      if (hasRun) throw MOVED
      hasRun = true
      return recipe(draft)
    }
    try {
      return (await document.edit(once, limits)) !== null
    } catch (error) {
      const isGone = error instanceof CowslipError && error.code === 'missing'
      if (error !== MOVED && !isGone) throw error
    }
    await deadline.pause(clashes)
    document = await reader.findAgain(id, { filter })
  }
}

/** Deletes one document that was found. Resolves to true; null: the filter no longer matches it, or it is gone. */
async function deleteFound<T extends object>(
  { identityMap, reader, filter, createDeadline }: Many<T>,
  found: StoredDocument,
): Promise<true | null> {
  const { _id: id } = found.doc as { readonly _id?: unknown }
  const deadline = createDeadline(id)
  let stored: StoredDocument | null = found
  for (let clashes = 0; ; clashes++) {
    if (stored === null) return null
    const isDeleted = await deadline.race(deleteStored(identityMap, id, deadline, stored))
    if (isDeleted !== null) return isDeleted ? true : null
    await deadline.pause(clashes)
    stored = await reader.readMatching(id, { filter })
  }
}
