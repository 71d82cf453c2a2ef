// The cursor that `find` returns: live documents or snapshots, one by one, all at once, or page by page.
import type { Query, QueryPlan } from '../../adapters/contract-queries.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import { checkKnownOptions } from '../../document/messages/check-options.ts'
import type { Cursor } from '../collection-types.ts'
import type { CallLimits, FindOptions, Page, PageOptions } from '../call-types.ts'
import type { Deadline } from '../calls/deadline.ts'
import { storageError } from '../calls/outcome.ts'
import type { DocumentReader, Show } from '../document-reader.ts'
import type { IdentityMap } from '../identity-map.ts'
import { checkFilter, checkFindOptions, checkLimits } from '../options.ts'
import { parseFields, pathsOf } from './pick-fields.ts'
import { createReadCursor, type ReadCursor } from './read-cursor.ts'
import { checkReferences } from '../references/load-references.ts'
import { createReferenceCursor } from '../references/reference-cursor.ts'

/** Creates the cursor of a query. Throws `bad-argument`. */
export function createCursor<T extends object>(
  identityMap: IdentityMap<T>,
  reader: DocumentReader<T>,
  filter: NonNullable<Query['filter']>,
  options: FindOptions,
  createDeadline: (limits: CallLimits) => Deadline,
): Cursor<T> {
  identityMap.assertOpen()
  checkFilter(filter)
  checkFindOptions(options)
  const { adapter } = identityMap
  const { signal, timeoutMS, fields, withDeleted = false, ...rest } = options
  const tree = fields === undefined ? null : parseFields(fields)
  const { reserved = [] } = adapter
  const hidden = reserved.find(name => tree?.has(name))
  if (hidden !== undefined) throw badArgumentError('fields', `nothing of "${hidden}"`, fields)
  const seen = withDeleted ? filter : identityMap.own.visible(filter)
  const query: Query = { ...rest, filter: seen }
  const isWhole = tree === null || identityMap.readsWhole(tree)
  const partial = isWhole ? query : { ...query, fields: pathsOf(tree) }
  const limits: CallLimits = {
    ...(signal !== undefined && { signal }),
    ...(timeoutMS !== undefined && { timeoutMS }),
  }
  /** Live documents are whole, and none of them is deleted. */
  const refuseFields = (): void => {
    for (const [name, value] of Object.entries({ fields, withDeleted })) {
      if (value === undefined || value === false) continue
      throw badArgumentError(name, 'nothing, for live documents', value, 'Take `states()`.')
    }
  }
  /** The part of a cursor that live documents and snapshots share. */
  const cursor = <V>(asked: Query, show: Show<V>, check: () => void): PagedCursor<V> => ({
    ...createReadCursor<V>(
      {
        each: deadline => (check(), reader.each(asked, show, deadline)),
        all: async deadline => (check(), reader.all(asked, show, deadline)),
      },
      limits,
      createDeadline,
    ),
    async page(pageOptions) {
      check()
      const { size, after, ...own } = checkPageOptions(pageOptions, query)
      const deadline = createDeadline({ ...limits, ...own })
      const request = { size, ...(after != null && { after }) }
      return deadline.race(reader.page(asked, show, request, deadline))
    },
  })

  const live = cursor(query, reader.asLive, refuseFields)
  return {
    ...live,
    async count(own = {}) {
      checkLimits(own)
      const deadline = createDeadline({ ...limits, ...own })
      return deadline.race(reader.count(seen, deadline))
    },
    async explain(own = {}): Promise<QueryPlan> {
      checkLimits(own)
      const deadline = createDeadline({ ...limits, ...own })
      identityMap.assertOpen()
      const running = adapter.explainQuery?.(identityMap.collection, query, {
        timeoutMS: deadline.leftMS,
      })
      if (running === undefined) {
        throw badArgumentError('adapter', 'an adapter that has `explainQuery`', adapter)
      }
      return deadline.race(
        running.catch((error: unknown) => {
          throw storageError(error)
        }),
      )
    },
    with(references) {
      checkReferences(references)
      refuseFields()
      return createReferenceCursor(live, references, limits)
    },
    states: () => cursor(partial, reader.asStates(tree), () => {}),
  }
}

/** A cursor that also reads pages. */
interface PagedCursor<V> extends ReadCursor<V> {
  page(options: PageOptions): Promise<Page<V>>
}

/** Returns the options of a page. Throws `bad-argument` for other ones, and for a query that has limits of its own. */
function checkPageOptions(asked: PageOptions, { limit, skip, collation }: Query): PageOptions {
  checkKnownOptions(asked, ['size', 'after', 'signal', 'timeoutMS'])
  const { size, after, ...limits } = asked
  checkLimits(limits)
  if (!Number.isSafeInteger(size) || size < 1) {
    throw badArgumentError('size', 'a count of at least 1', size)
  }
  for (const [name, value] of Object.entries({ limit, skip, collation })) {
    if (value === undefined) continue
    throw badArgumentError(name, 'nothing, for pages', value, 'Leave it out: `size` counts.')
  }
  if (after == null) return { size, ...limits }
  if (typeof after === 'string') return asked
  throw badArgumentError('after', '`next` of a page', after)
}
