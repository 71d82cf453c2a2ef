// The public types of outboxes.

/** One event that an edit left for others to act upon. */
export interface OutboxEvent {
  /** Stays the same when the event is delivered again: remember it, to act once. */
  readonly id: string
  /** The event, as `meta.event` of the edit. */
  readonly event: unknown
  /** The id of the document that was written with it. */
  readonly document: unknown
  /** The time at which it was sent. */
  readonly at: Date
  /** Removes the event: it will not be delivered again. Rejects with the errors of a delete. */
  ack(): Promise<void>
}
