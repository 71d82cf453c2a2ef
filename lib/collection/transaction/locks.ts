// Locks of live documents within this process. A transaction that clashed once locks its documents for the
// next run, so that it is not overtaken again. All transactions lock in the same order, which makes a
// deadlock impossible.
import { idKey } from '../../adapters/ids.ts'

/** A document that can be locked. */
export interface Lockable {
  readonly collection: string
  readonly id: unknown
  lock(): Promise<() => void>
}

/** Returns the place of a document in the order in which all transactions lock. */
export const lockOrderOf = ({ collection, id }: Lockable): string => `${collection}\0${idKey(id)}`

const compareLockOrder = (a: Lockable, b: Lockable): number =>
  lockOrderOf(a) < lockOrderOf(b) ? -1 : 1

/** A set of locks. Edits of locked documents wait, reads do not. */
export class Locks<D extends Lockable> {
  private readonly held = new Map<D, () => void>()

  /**
   * Locks the documents that are not locked yet. If one of them comes before a held one in the order, all
   * are released first and locked anew.
   */
  async acquire(documents: readonly D[]): Promise<void> {
    let wanted = documents.filter(document => !this.held.has(document))
    const last = [...this.held.keys()].at(-1)
    if (last !== undefined && wanted.some(document => compareLockOrder(document, last) < 0)) {
      wanted = [...this.held.keys(), ...wanted]
      this.release()
    }
    for (const document of wanted.sort(compareLockOrder))
      this.held.set(document, await document.lock())
  }

  /** Releases all locks. */
  release(): void {
    for (const release of this.held.values()) release()
    this.held.clear()
  }
}
