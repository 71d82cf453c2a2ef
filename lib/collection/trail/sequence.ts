// Numbers that put what one program writes in order, and what several write as far as their clocks agree.
let sequence = 0

/** Returns the time in microseconds, or a little more where it was given already. */
export function nextSequence(): number {
  sequence = Math.max(sequence + 1, Date.now() * 1_000)
  return sequence
}
