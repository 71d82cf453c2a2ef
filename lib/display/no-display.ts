// Stands for display.ts in a bundle for a page: see there.
import type * as display from './display.ts'

/** Does nothing. */
export const displayAs: typeof display.displayAs = () => {}

/** Does nothing. */
export const displayChange: typeof display.displayChange = () => {}

/** Does nothing. */
export const displayDraft: typeof display.displayDraft = () => {}
