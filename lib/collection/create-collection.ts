// `createCollection`: checks the options, tells the adapter of the collection, and creates the `LiveCollection` that users
// hold.
import type { IndexDefinition } from '../adapters/contract-queries.ts'
import { leavesOf, defaultLeaves } from '../document/leaves/leaves.ts'
import type { Collection, CollectionOptions, Timestamps } from './collection-types.ts'
import { LiveDocument } from './document/live-document.ts'
import { parseCompareRules } from '../store/options.ts'
import { AUDIT_INDEXES, auditName } from './trail/audit-entries.ts'
import { OUTBOX_INDEXES, outboxName } from './trail/outbox.ts'
import { checkCollectionOptions } from './options.ts'
import type { InferInput, InferOutput, StandardSchema } from './schema/schema-types.ts'
import { IdentityMap } from './identity-map.ts'
import { LiveCollection } from './live-collection.ts'

/**
 * Opens a collection of documents behind an adapter. Nothing is read. Throws `bad-argument` for a name or
 * options of another shape. `I` is the type of what is inserted, where that is not the type of the documents.
 * @example
 * import { createCollection } from 'cowslip'
 * import { memoryAdapter } from 'cowslip/memory'
 * const people = createCollection<{ _id: string; name: string; tags: string[] }>('people', {
 *   adapter: memoryAdapter(),
 * })
 * const grace = await people.insert({ _id: 'grace', name: 'Grace', tags: [] })
 * await grace.edit(draft => { draft.tags.push('navy') })
 * const found = await people.get('grace')
 * found === grace // true
 * grace.state.tags // ['navy']
 * grace.version // 2
 */
export function createCollection<S extends StandardSchema<any, object>>(
  name: string,
  options: CollectionOptions & { readonly schema: S },
): Collection<InferOutput<S> & object, InferInput<S>>
export function createCollection<T extends object, I = T>(
  name: string,
  options: CollectionOptions & { readonly timestamps: true },
): Collection<T & Timestamps, I>
export function createCollection<T extends object, I = T>(
  name: string,
  options: CollectionOptions,
): Collection<T, I>
export function createCollection<T extends object>(
  name: string,
  options: CollectionOptions,
): Collection<T> {
  checkCollectionOptions(name, options)
  const { adapter, leaves = [] } = options
  const known = Array.isArray(leaves) && leaves.length === 0 ? defaultLeaves : leavesOf(leaves)
  const { maxDepth } = adapter.capabilities ?? {}
  const rules = { leaves: known, inMemory: false, maxDepth, ...parseCompareRules(options) }
  adapter.open?.(name, {
    leaves,
    concurrency: options.concurrency ?? 'version',
    ...(options.indexes !== undefined && { indexes: options.indexes }),
  })
  openBeside(name, options)
  const identityMap = new IdentityMap<T, LiveDocument<T>>(name, adapter, rules, options)
  // Checks the options of histories.
  identityMap.createHistory()
  return new LiveCollection<T>(identityMap, options.indexes ?? [])
}

/** Tells the adapter of the collections that keep an audit and an outbox. */
function openBeside(
  name: string,
  { adapter, leaves = [], audit, events }: CollectionOptions,
): void {
  const open = (beside: string, indexes: readonly IndexDefinition[]): void =>
    adapter.open?.(beside, { leaves, ...(adapter.syncIndexes !== undefined && { indexes }) })
  if (audit !== undefined) open(auditName(name), AUDIT_INDEXES)
  if (events === true) open(outboxName(name), OUTBOX_INDEXES)
}
