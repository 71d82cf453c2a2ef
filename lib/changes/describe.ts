import { partsOf, type ChangeSet } from './change-set.ts'
import { describeOp } from './ops/describe-op.ts'

/**
 * What a change set changed, a short line for each place: `address.city: 'London' -> 'Paris'`,
 * `tags: + 'navy'`, `tags[0]: - 'math'`, `age: - 36`, `list: [0] -> [2]`. Long values are cut, and after 50 lines
 * the rest is counted. Indices of what is gone or edited are places in the base, of what came in the result.
 *
 * @example
 * import { createStore, describe } from 'cowslip'
 * const store = createStore({ address: { city: 'London' }, tags: ['math'], age: 36 })
 * const change = store.edit(draft => {
 *   draft.address.city = 'Paris'
 *   draft.tags.push('navy')
 *   delete draft.age
 * })
 * describe(change) // ["address.city: 'London' -> 'Paris'", "tags: + 'navy'", 'age: - 36']
 */
export function describe(change: ChangeSet): readonly string[] {
  return describeOp(partsOf(change).op)
}
