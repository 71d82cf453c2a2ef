// Goes through all documents that a filter matches, page by page in the order of `_id`: what `editMany` and `deleteMany`
// share. Nothing but the page at hand is held, and whoever is interrupted goes on behind the last page that was done.
import type { ManyProgress, Page } from '../call-types.ts'
import type { PageRequest } from '../document-reader.ts'
import { ManyError, type ManyOutcome } from './many-error.ts'

/** The steps through the documents of a filter. */
export interface Steps<V> {
  /** The number of documents at a time. */
  readonly size: number
  readonly after: string | null
  readonly onProgress: ((progress: ManyProgress) => void) | undefined
  /** The number of documents that match at the beginning; undefined: it was not counted. */
  readonly total: number | undefined
  /** Says in errors what was done. */
  readonly done: string
  readPage(request: PageRequest): Promise<Page<V>>
  idOf(found: V): unknown
  /** Does one document. Resolves to whether it was changed; null: it no longer matches. */
  act(found: V): Promise<boolean | null>
  /** Whether documents that fail are passed over, and told in the end. */
  readonly goesOn?: boolean
  /** Throws the reason why there is no time left. */
  throwIfOver(): void
}

/**
 * Does all documents. Returns how many were done, and how many of them were changed. Stops at a page of which documents
 * failed, and rejects with a `ManyError` that has their outcomes.
 */
export async function runInPages<V>(
  steps: Steps<V>,
): Promise<{ readonly done: number; readonly changed: number }> {
  const { size, onProgress, total } = steps
  let { after } = steps
  let [done, changed] = [0, 0]
  const failed: ManyOutcome[] = []
  for (;;) {
    steps.throwIfOver()
    const request = { size, ...(after !== null && { after }) }
    const { items, next } = await steps.readPage(request)
    const outcomes = await Promise.all(items.map(found => runStep(steps, found)))
    const known = outcomes.filter(({ isGone }) => !isGone)
    const failures = known.filter(({ outcome }) => 'error' in outcome)
    if (steps.goesOn === true) failed.push(...failures.map(({ outcome }) => outcome))
    else if (failures.length > 0) {
      const all = known.map(({ outcome }) => outcome)
      throw new ManyError(all, steps.done, { done, changed, after })
    }
    done += known.length
    changed += known.filter(({ isChanged }) => isChanged).length
    after = next
    if (next === null) {
      if (failed.length > 0) throw new ManyError(failed, steps.done, { done, changed, after })
      onProgress?.({ done, changed, after, ...(total !== undefined && { total: done }) })
      return { done, changed }
    }
    onProgress?.({ done, changed, after, ...(total !== undefined && { total }) })
  }
}

interface Step {
  readonly outcome: ManyOutcome
  readonly isChanged: boolean
  readonly isGone: boolean
}

async function runStep<V>(steps: Steps<V>, found: V): Promise<Step> {
  const id = steps.idOf(found)
  try {
    const result = await steps.act(found)
    return { outcome: { id }, isChanged: result === true, isGone: result === null }
  } catch (error) {
    return { outcome: { id, error }, isChanged: false, isGone: false }
  }
}
