import type { shapeLimits } from '../../lib/document/shapes.ts'

/** Objects of any width get a compiled copier at once. */
export const EAGER: typeof shapeLimits = { small: 0, compileAfter: 1, compileWideAfter: 1 }
