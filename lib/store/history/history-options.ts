import { badArgument } from '../../document/messages/errors.ts'
import { checkKnown } from '../../document/messages/check-options.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { parsePath } from '../../document/paths/parse-path.ts'
import { History } from './history.ts'
import type { HistoryOptions } from './history-types.ts'

/** So many steps are remembered where nothing else is asked for. */
const STEPS = 100

/** The history that a store was asked for. Throws `bad-argument`. */
export function historyOf(asked: HistoryOptions | false | undefined, leaves: Leaves): History {
  const options = asked === false ? { limit: 0 } : asked === undefined ? {} : asked
  checkKnown(options, ['limit', 'bytes', 'groupMS', 'exclude'], 'history')
  const { exclude = [] }: HistoryOptions = options
  if (!Array.isArray(exclude)) throw badArgument('history.exclude', 'a list of paths', exclude)
  const limits = {
    count: amount('limit', options.limit, STEPS),
    bytes: amount('bytes', options.bytes, Infinity),
    groupMS: amount('groupMS', options.groupMS, 0),
  }
  return new History(leaves, limits, exclude.map(parsePath))
}

function amount(name: string, given: unknown, usual: number): number {
  if (given === undefined) return usual
  if (typeof given === 'number' && given >= 0) return given
  throw badArgument(`history.${name}`, 'a number, not below 0', given)
}
