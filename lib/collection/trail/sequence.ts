// Numbers that put what one program writes in order, and what several write as far as their clocks agree.
import { randomId } from '../../changes/random-id.ts'

let sequence = 0
let program: string | null = null

/** Returns the time in microseconds, or a little more where it was given already. */
export function nextSequence(): number {
  sequence = Math.max(sequence + 1, Date.now() * 1_000)
  return sequence
}

/** Returns an id of the program whose numbers these are. */
export function programId(): string {
  return (program ??= randomId())
}
