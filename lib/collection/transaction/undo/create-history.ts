// The `history` of a collection: undo and redo of its transactions.
import { checkResolve } from '../../../changes/conflicts.ts'
import { checkKnownOptions } from '../../../document/messages/check-options.ts'
import { checkLimits } from '../../options.ts'
import type { Deadline } from '../../calls/deadline.ts'
import type { CallLimits } from '../../call-types.ts'
import type {
  CollectionHistory,
  TransactionEntry,
  TransactionEvent,
  TransactionUndoOptions,
} from '../../history/history-types.ts'
import { logsOf, type LoggedStep, type TransactionLog } from '../../history/transaction-log.ts'
import type { RebaseOptions } from '../../../changes/conflicts.ts'
import { reverseTransaction } from './reverse-transaction.ts'

/** Creates the history of the collection that has this log. */
export function createHistory(
  log: TransactionLog,
  rebaseOptions: RebaseOptions,
  createDeadline: (limits: CallLimits) => Deadline,
): CollectionHistory {
  const take = async (
    kind: 'undo' | 'redo',
    options: TransactionUndoOptions = {},
  ): Promise<TransactionEvent | null> => {
    checkKnownOptions(options, ['resolve', 'signal', 'timeoutMS'])
    const { resolve, ...limits } = options
    checkLimits(limits)
    checkResolve(resolve)
    const deadline = createDeadline(limits)
    const from = kind === 'undo' ? 'past' : 'future'
    return deadline.race(
      log.inTurn(async () => {
        deadline.throwIfOver()
        const step = log.list(from).at(-1)
        if (step === undefined) return null
        const rebasing = resolve === undefined ? rebaseOptions : { resolve }
        const event = await reverseTransaction(kind, step, rebasing, deadline)
        for (const one of logsOf(step.parts)) {
          if (event === null) one.drop(step)
          else one.move(step, from === 'past' ? 'future' : 'past')
        }
        return event
      }),
    )
  }
  return Object.freeze({
    get past() {
      return Object.freeze(log.list('past').map(toEntry))
    },
    get future() {
      return Object.freeze(log.list('future').map(toEntry).reverse())
    },
    get canUndo() {
      return log.list('past').length > 0
    },
    get canRedo() {
      return log.list('future').length > 0
    },
    undo: options => take('undo', options),
    redo: options => take('redo', options),
    clear: () => log.clear(),
  } satisfies CollectionHistory)
}

const toEntry = ({ id, label, at, parts }: LoggedStep): TransactionEntry =>
  Object.freeze({
    id,
    ...(label !== undefined && { label }),
    at,
    documents: Object.freeze(
      parts.map(({ document }) =>
        Object.freeze({ collection: document.collection, id: document.id }),
      ),
    ),
  })
