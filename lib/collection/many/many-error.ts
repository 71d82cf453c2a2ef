// The error of a call for many documents of which some failed.
import type { ManyProgress } from '../call-types.ts'
import { CowslipError, type ErrorCode, type ErrorDetails } from '../../document/messages/errors.ts'

/** The outcome of one document: `error` is absent where it was written. */
export interface ManyOutcome {
  readonly id: unknown
  readonly error?: unknown
}

/**
 * The error of `insertMany`, `editMany` and `deleteMany` where some documents failed and others did not. It has the code
 * and the details of the first failure, which is its `cause` (`failed`, if that is no error of Cowslip's, such as one that a
 * recipe threw); `outcomes` has what became of each document, in order.
 *
 * @example
 * import { createCollection, ManyError } from 'cowslip'
 * import { memoryAdapter } from 'cowslip/memory'
 * const people = createCollection<{ _id: number }>('people', { adapter: memoryAdapter() })
 * await people.insert({ _id: 1 })
 * try {
 *   await people.insertMany([{ _id: 1 }, { _id: 2 }])
 * } catch (error) {
 *   if (!(error instanceof ManyError)) throw error
 *   error.code // 'duplicate'
 *   error.outcomes[0].error.code // 'duplicate'
 *   error.outcomes[1] // { id: 2 }
 * }
 */
export class ManyError extends CowslipError {
  readonly outcomes: readonly ManyOutcome[]
  /** The progress of `editMany` and `deleteMany` before: how much was done, and the place behind which to go on; else null. */
  readonly progress: ManyProgress | null

  /** Creates the error; `done` says in the text what was asked for. */
  constructor(
    outcomes: readonly ManyOutcome[],
    done: string,
    progress: ManyProgress | null = null,
  ) {
    const failed = outcomes.filter(outcome => 'error' in outcome)
    const [{ error: first } = {}] = failed
    const isOurs = first instanceof CowslipError
    super(
      isOurs ? first.code : 'failed',
      `Expected all of ${outcomes.length} documents to be ${done}. Received ${failed.length} that were not, ` +
        'the first of which is the `cause`. See `outcomes` for each of them.',
      // The text of another error may hold values of the document.
      (isOurs ? first.details : { reason: nameOf(first) }) as ErrorDetails[ErrorCode],
      first,
    )
    this.outcomes = Object.freeze([...outcomes])
    this.progress = progress
  }

  override get name(): string {
    return 'ManyError'
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error)

/** Throws a {@link ManyError} if there is a failure among outcomes. */
export function throwFailures(outcomes: readonly ManyOutcome[], done: string): void {
  if (outcomes.some(outcome => 'error' in outcome)) throw new ManyError(outcomes, done)
}
