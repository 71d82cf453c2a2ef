import { isEqual as equalBy } from '../../lib/document/equality.ts'
import type { Leaves } from '../../lib/document/leaves/leaf-kinds.ts'
import { defaultLeaves } from '../../lib/document/leaves/leaves.ts'

/** Equality with the leaves every store knows. */
export const equal = (a: unknown, b: unknown, leaves: Leaves = defaultLeaves): boolean =>
  equalBy(a, b, leaves)

/** The same where another order of a Map or Set is another value. */
export const equalInOrder = (a: unknown, b: unknown): boolean => equalBy(a, b, defaultLeaves, true)
