// The mark by which drafts are recognised. It is declared apart from the draft engine, so that `ingest` can recognise

// drafts without importing it.

/** The key under which a draft answers with its state. No other object has it. */
export const draftMark: unique symbol = Symbol('cowslip.draft')
