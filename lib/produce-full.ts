// `cowslip/produce/full`: `cowslip/produce` with everything enabled. The package says that this module has a side effect, so
// that a bundler keeps it.
import { enableArrayMethods, enableMapSet, enablePatches } from './produce.ts'

export * from './produce.ts'

enableMapSet()
enablePatches()
enableArrayMethods()
