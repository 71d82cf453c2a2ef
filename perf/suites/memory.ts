// Bytes of the heap that it takes to remember 2 changes in 100 fields.
import { StateTracker } from 'cowslip'
import { fields } from '../documents.ts'

const COUNT = 2_000

function bytes(make: () => unknown): number {
  const held: unknown[] = new Array(COUNT).fill(null)
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < COUNT; i++) held[i] = make()
  globalThis.gc?.()
  const after = process.memoryUsage().heapUsed
  if (held.length !== COUNT) throw new Error('Nothing is held')
  return (after - before) / COUNT
}

/** By contender. */
export function memory(): Record<string, number> {
  const document = fields(100)
  return {
    Cowslip: bytes(() => {
      const tracker = new StateTracker(document)
      tracker.trackChange('field1', document.field1)
      tracker.trackChange('field2', document.field2)
      return tracker
    }),
    structuredClone: bytes(() => structuredClone(document)),
  }
}
