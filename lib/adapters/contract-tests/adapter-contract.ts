// `adapterContract`: the promises of the contract as tests, for the adapters of this library and for those
// of users.
import type { Adapter } from '../contract.ts'
import { Bench } from './bench.ts'
import { FIELD_GUARDS } from './field-guards.ts'
import { INDEXES } from './indexes.ts'
import { READS } from './reads.ts'
import { SHAPES } from './shapes.ts'
import { TRANSACTIONS } from './transactions.ts'
import { WATCHES } from './watches.ts'
import { WRITES } from './writes.ts'

const ALL = {
  ...WRITES,
  ...READS,
  ...INDEXES,
  ...TRANSACTIONS,
  ...FIELD_GUARDS,
  ...SHAPES,
  ...WATCHES,
}

/** One promise of the contract, as a test for any test runner. */
export interface ContractTest {
  readonly name: string
  run(): Promise<void>
}

/**
 * Returns a test for every promise of {@link Adapter}. Each test asks `factory` for an adapter without
 * documents and closes it. A test that fails throws an error that says what was expected.
 *
 * @example
 * import { adapterContract } from 'cowslip/adapter-contract'
 * import { memoryAdapter } from 'cowslip/memory'
 * const failures: string[] = []
 * for (const { name, run } of adapterContract(() => memoryAdapter())) {
 *   await run().catch(error => failures.push(`${name}: ${error.message}`))
 * }
 * failures // []
 */
export function adapterContract(factory: () => Adapter | Promise<Adapter>): ContractTest[] {
  return Object.entries(ALL).map(([name, test]) => ({
    name,
    async run() {
      const adapter = await factory()
      try {
        await test(new Bench(adapter))
      } finally {
        await adapter.close()
      }
    },
  }))
}
