// The code for arrays with methods of ours, as a scope has it.
import type { ArrayKind } from '../state.ts'
import { arrayMethods } from './array-methods.ts'
import { isShownToSearch } from './array-searches.ts'
import { createArrayTraps } from './array.ts'

/** Arrays with methods of ours: they move elements as one, and search without a draft for each element. */
export const fastArrays: ArrayKind = {
  traps: /* @__PURE__ */ createArrayTraps(arrayMethods),
  isShown: isShownToSearch,
}
