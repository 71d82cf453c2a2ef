/**
 * A draft answers this key with its state; nothing else has it. Kept here so that taking values in
 * can meet drafts without knowing the engine.
 */
export const draftMark: unique symbol = Symbol('cowslip.draft')
