import type { limits } from '../../lib/document/shapes.ts'

/** Objects of any width get a compiled copier at once. */
export const EAGER: typeof limits = { small: 0, compileAfter: 1, compileWideAfter: 1 }
