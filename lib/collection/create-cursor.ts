// The cursor that `find` returns: live documents or snapshots, one by one, all at once, or page by page.
import type { Query, QueryPlan } from '../adapters/contract-queries.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import { checkKnownOptions } from '../document/messages/check-options.ts'
import type { CallLimits, Cursor, FindOptions, Page, PageOptions } from './collection-types.ts'
import type { Deadline } from './calls/deadline.ts'
import { storageError } from './calls/outcome.ts'
import type { DocumentReader, PageRequest } from './document-reader.ts'
import type { IdentityMap } from './identity-map.ts'
import { checkFilter, checkFindOptions, checkLimits } from './options.ts'
import { parseFields, pathsOf } from './pick-fields.ts'
import { createReadCursor, type ReadCursor } from './read-cursor.ts'

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
  const { signal, timeoutMS, fields, ...rest } = options
  const tree = fields === undefined ? null : parseFields(fields)
  const { reserved = [] } = adapter
  const hidden = reserved.find(name => tree?.has(name))
  if (hidden !== undefined) throw badArgumentError('fields', `nothing of "${hidden}"`, fields)
  const query: Query = { ...rest, filter }
  const partial = tree === null ? query : { ...query, fields: pathsOf(tree) }
  const limits: CallLimits = {
    ...(signal !== undefined && { signal }),
    ...(timeoutMS !== undefined && { timeoutMS }),
  }
  const refuseFields = (): void => {
    if (tree === null) return
    throw badArgumentError('fields', 'nothing, for live documents', fields, 'Take `states()`.')
  }
  const cursor = <V>(read: (deadline: Deadline) => AsyncGenerator<V>): ReadCursor<V> =>
    createReadCursor(read, limits, createDeadline)

  const readPage = async <V>(
    asked: PageOptions,
    read: (request: PageRequest, deadline: Deadline) => Promise<Page<V>>,
  ): Promise<Page<V>> => {
    const { size, after, ...own } = checkPageOptions(asked, query)
    const deadline = createDeadline({ ...limits, ...own })
    return deadline.race(read({ size, ...(after != null && { after }) }, deadline))
  }

  return {
    ...cursor(deadline => {
      refuseFields()
      return reader.find(query, deadline)
    }),
    async page(asked) {
      refuseFields()
      return readPage(asked, (request, deadline) => reader.page(query, request, deadline))
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
    states: () => ({
      ...cursor(deadline => reader.states(partial, tree, deadline)),
      async page(asked: PageOptions) {
        return readPage(asked, (request, deadline) =>
          reader.statesPage(partial, tree, request, deadline),
        )
      },
    }),
  }
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
