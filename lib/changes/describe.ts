// The public function `describe`: a change set as lines for people. `describeOp` does the work.
import { partsOf, type ChangeSet as LightChangeSet } from './light-change-set.ts'
import { describeOp } from './ops/describe-op.ts'

/**
 * Describes a change set, one short line for each changed place: `address.city: 'London' -> 'Paris'`,
 * `tags: + 'navy'`, `tags[0]: - 'math'`, `age: - 36`, `list: [0] -> [2]`. Long values are cut; after 50
 * lines the rest is counted. Indices of removed or edited elements are places in the base, those of
 * inserted elements places in the result.
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
export function describe(change: LightChangeSet): readonly string[] {
  return describeOp(partsOf(change).op)
}
