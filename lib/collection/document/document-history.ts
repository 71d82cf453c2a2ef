// The history of a document: undo and redo of its own edits. The stored history has the edits that are stored. While
// optimistic edits are shown that are not stored yet, a copy of it has those too, in the order in which they were made;
// when one of them fails, or another writer's change comes in below them, the copy is made again.
//
//   edit is stored            a step of the stored history
//   edit is shown             a step of the copy; of the stored history when it is stored
//   another writer's change   comes before all shown edits: into the stored history, and the copy is made again
//   a shown edit fails        the copy is made again without it; if an undo or redo waits that may have meant it, both
//                             histories are cleared, and an event says so
import type { ObjectOp } from '../../changes/ops/ops.ts'
import type { RebaseOptions } from '../../changes/conflicts.ts'
import type { Prepared } from '../../store/edits/prepare.ts'
import type { History } from '../../store/history/history.ts'
import type { Made, Step } from '../pipeline/commit-machine.ts'
import type { EditLayer } from './pending-edit.ts'

/** The way in which a transaction's part enters the history of its document. */
export type TransactionKind = 'edit' | 'undo' | 'redo'

/** The history of one document. */
export class DocumentHistory {
  private readonly stored: History
  /** The stored history with the edits that are shown; null: there are none. */
  private copy: History | null = null

  constructor(stored: History) {
    this.stored = stored
  }

  /** The history that users see. */
  get current(): History {
    return this.copy ?? this.stored
  }

  /** Returns what undo or redo does to a state. Null: nothing is left of the step, which is dropped. */
  prepare(kind: 'undo' | 'redo', state: object, options: RebaseOptions): Prepared {
    const history = this.current
    const prepared =
      kind === 'undo' ? history.prepareUndo(state, options) : history.prepareRedo(state, options)
    if (prepared !== null) return prepared
    if (kind === 'undo' && history.canUndo) history.noteUndone(null)
    if (kind === 'redo' && history.canRedo) history.noteRedone(null)
    return null
  }

  /** Notes edits that are shown before they are stored. */
  noteShown(steps: readonly Step<EditLayer>[], version: number): void {
    this.copy ??= this.stored.copy()
    for (const step of steps) noteIn(this.copy, step, version)
  }

  /** Notes edits that are stored. Without others that are only shown, the copy has served its time. */
  noteStored(steps: readonly Step<EditLayer>[], version: number, hasShown: boolean): void {
    for (const step of steps) noteIn(this.stored, step, version)
    if (!hasShown) this.copy = null
  }

  /** Returns what undo or redo of a transaction does to a state. Null: nothing is left of its step. */
  prepareOf(kind: 'undo' | 'redo', group: object, state: object, options: RebaseOptions): Prepared {
    const history = this.current
    return kind === 'undo'
      ? history.prepareUndo(state, options, group)
      : history.prepareRedo(state, options, group)
  }

  /** Returns where the step of a transaction is: see {@link History.find}. */
  find(group: object): 'past' | 'future' | null {
    return this.current.find(group)
  }

  /** Notes what a transaction stored: an edit, or the undo or redo of its step. */
  noteTransacted(kind: TransactionKind, op: ObjectOp, version: number, group: object): void {
    const committed = { op, version, at: Date.now(), group }
    const { stored } = this
    if (kind === 'edit') stored.add(committed)
    // The step may have been cleared meanwhile.
    else if (stored.find(group) !== (kind === 'undo' ? 'past' : 'future')) stored.addForeign(op)
    else if (kind === 'undo') stored.noteUndone(committed, group)
    else stored.noteRedone(committed, group)
  }

  /** Notes another writer's change. */
  noteForeign(op: ObjectOp): void {
    this.stored.addForeign(op)
  }

  /**
   * Makes the copy again, with the edits that are shown now. `failed` were shown, or made to nothing. Returns whether
   * the history was cleared.
   */
  showAgain(
    shown: readonly Step<EditLayer>[],
    failed: readonly EditLayer[],
    version: number,
  ): boolean {
    if (this.copy === null) return false
    const isVague = shown.some(({ layer }) => isReverse(layer))
    const lost = failed.some(layer => !isReverse(layer)) || shown.some(isMadeToNothing)
    const isCleared = isVague && lost
    if (isCleared) {
      for (const { layer } of shown) if (isReverse(layer)) layer.historyKind = 'foreign'
      this.stored.clear()
    }
    this.copy = shown.length === 0 ? null : this.stored.copy()
    if (this.copy !== null) this.noteShown(shown, version)
    return isCleared
  }

  clear(): void {
    this.stored.clear()
    this.copy?.clear()
  }

  clearFuture(): void {
    this.stored.clearFuture()
    this.copy?.clearFuture()
  }
}

const isReverse = ({ historyKind }: EditLayer): boolean =>
  historyKind === 'undo' || historyKind === 'redo'

const isMadeToNothing = ({ layer, made }: Step<EditLayer>): boolean =>
  layer.historyKind === 'edit' && isEmpty(made)

const isEmpty = ({ op }: Made): boolean => op.keys.size === 0

function noteIn(history: History, { layer, made }: Step<EditLayer>, version: number): void {
  const { edit, historyKind } = layer
  const { label } = edit.info
  const committed = { op: made.op, version, at: Date.now(), label, group: edit.group }
  const result = isEmpty(made) ? null : committed
  if (historyKind === 'undo') {
    if (history.canUndo) history.noteUndone(result)
  } else if (historyKind === 'redo') {
    if (history.canRedo) history.noteRedone(result)
  } else if (historyKind === 'foreign') {
    if (result !== null) history.addForeign(made.op)
  } else if (result !== null) history.add(committed)
}
