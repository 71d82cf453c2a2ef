// Makes groups of calls that are ready in the same turn, so that they share commands. Nothing waits for a timer: a group is
// sent at the end of the turn, some are under way at once, and what arrives meanwhile makes the next ones larger.

/** The number of groups under way at once. */
const MAX_IN_FLIGHT = 8

/** Sends the entries that are added in groups, at the end of the turn, and some groups at once. */
export class Gatherer<E> {
  private readonly take: (waiting: E[]) => readonly E[]
  private readonly send: (group: readonly E[]) => Promise<void>
  private readonly waiting: E[] = []
  private inFlight = 0
  private isScheduled = false

  /** `take` removes the next group from the entries that wait, the oldest among it; `send` must not reject. */
  constructor(take: (waiting: E[]) => readonly E[], send: (group: readonly E[]) => Promise<void>) {
    this.take = take
    this.send = send
  }

  add(entry: E): void {
    this.waiting.push(entry)
    this.schedule()
  }

  private schedule(): void {
    if (this.isScheduled || this.inFlight >= MAX_IN_FLIGHT) return
    this.isScheduled = true
    setImmediate(() => {
      this.isScheduled = false
      while (this.waiting.length > 0 && this.inFlight < MAX_IN_FLIGHT) {
        void this.sendGroup(this.take(this.waiting))
      }
    })
  }

  private async sendGroup(group: readonly E[]): Promise<void> {
    this.inFlight++
    await this.send(group)
    this.inFlight--
    if (this.waiting.length > 0) this.schedule()
  }
}

/** Removes from a list what `fits`, in order, `max` at the most. Returns it. */
export function takeFitting<E>(list: E[], max: number, fits: (entry: E) => boolean): E[] {
  const taken: E[] = []
  let kept = 0
  for (const entry of list) {
    if (taken.length < max && fits(entry)) taken.push(entry)
    else list[kept++] = entry
  }
  list.length = kept
  return taken
}
