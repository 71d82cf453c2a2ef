// The type of a collection's ids, as its documents declare it.

/** The type of a collection's ids: that of `_id`, if the documents declare it. */
export type IdOf<T> = T extends { readonly _id?: infer I } ? Exclude<I, undefined> : unknown
