// The results of a query, step by step or all at once, within the limits of the call.
import type { CallLimits } from '../call-types.ts'
import { checkLimits } from '../options.ts'
import type { Deadline } from '../calls/deadline.ts'

/** The results of a query. Each loop and each `toArray` runs it anew. */
export interface ReadCursor<V> extends AsyncIterable<V> {
  toArray(options?: CallLimits): Promise<V[]>
}

/** The two ways to read: step by step, or all at once. */
export interface Reads<V> {
  each(deadline: Deadline): AsyncGenerator<V>
  all(deadline: Deadline): Promise<V[]>
}

/** Creates a cursor over what is read. In a loop each step has the whole time limit. */
export function createReadCursor<V>(
  reads: Reads<V>,
  limits: CallLimits,
  createDeadline: (limits: CallLimits) => Deadline,
): ReadCursor<V> {
  return {
    [Symbol.asyncIterator]: () => iterate(reads, () => createDeadline(limits)),
    toArray: async (own = {}) => {
      checkLimits(own)
      const deadline = createDeadline({ ...limits, ...own })
      return deadline.race(reads.all(deadline))
    },
  }
}

async function* iterate<V>(reads: Reads<V>, createDeadline: () => Deadline): AsyncGenerator<V> {
  const found = reads.each(createDeadline())
  try {
    for (;;) {
      const step = await createDeadline().race(found.next())
      if (step.done === true) return
      yield step.value
    }
  } finally {
    // The query ends once what it waits for has come.
    found.return(undefined).catch(() => {})
  }
}
