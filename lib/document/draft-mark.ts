/**
 * The key under which a draft answers with its state. No other object has it. It is declared here, so that
 * `ingest` can recognise drafts without importing the draft engine.
 */
export const draftMark: unique symbol = Symbol('cowslip.draft')
