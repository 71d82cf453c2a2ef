import type { Adapter } from 'cowslip/adapter-contract'
import type { Storage } from './interleavings.ts'

/** Time passes by microtasks: the same seed is the same interleaving. */
export const microtasks = (adapter: Adapter): Storage => ({
  adapter,
  async wait(ticks) {
    for (let i = 0; i < ticks; i++) await Promise.resolve()
  },
})

/** Time passes by turns of the event loop. */
export const turns = (adapter: Adapter, write?: Storage['write']): Storage => ({
  adapter,
  ...(write !== undefined && { write }),
  async wait(ticks) {
    for (let i = 0; i < ticks / 8; i++) await new Promise(resolve => setImmediate(resolve))
  },
})
