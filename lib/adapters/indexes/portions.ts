// The portions in which a storage is read for a query: few for those who want few, and never so many that others wait.

/** The size of the first portion. */
export const FIRST_PORTION = 25
const GREATEST_PORTION = 500

/** Returns the size of the portion after one of this size. */
export const nextPortion = (size: number): number => Math.min(size * 4, GREATEST_PORTION)
