// Reads the option `history` of `createStore`.
import { badArgumentError } from '../../document/messages/errors.ts'
import { checkKnownOptions } from '../../document/messages/check-options.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { parsePath } from '../../document/paths/parse-path.ts'
import { History } from './history.ts'
import type { HistoryOptions } from './history-types.ts'

/** The number of steps kept by default. */
const DEFAULT_STEPS = 100

/** Creates the history that a store asked for. Throws `bad-argument`. */
export function createHistory(asked: HistoryOptions | false | undefined, leaves: Leaves): History {
  const options = asked === false ? { limit: 0 } : asked === undefined ? {} : asked
  checkKnownOptions(options, ['limit', 'bytes', 'groupMS', 'exclude'], 'history')
  const { exclude = [] }: HistoryOptions = options
  if (!Array.isArray(exclude)) throw badArgumentError('history.exclude', 'a list of paths', exclude)
  const limits = {
    count: checkAmount('limit', options.limit, DEFAULT_STEPS),
    bytes: checkAmount('bytes', options.bytes, Infinity),
    groupMS: checkAmount('groupMS', options.groupMS, 0),
  }
  return new History(leaves, limits, exclude.map(parsePath))
}

/** Returns the greatest number of steps that these options keep. */
export const stepsOf = (options: HistoryOptions | false | undefined): number =>
  options === false ? 0 : (options?.limit ?? DEFAULT_STEPS)

function checkAmount(name: string, given: unknown, usual: number): number {
  if (given === undefined) return usual
  if (typeof given === 'number' && given >= 0) return given
  throw badArgumentError(`history.${name}`, 'a number, not below 0', given)
}
