import { idKey } from '../../adapters/ids.ts'

/** What can be locked. */
export interface Lockable {
  readonly collection: string
  readonly id: unknown
  lock(): Promise<() => void>
}

/** A document's place in the order in which everybody locks, so that nobody waits for ever. */
export const lockOrderOf = ({ collection, id }: Lockable): string => `${collection}\0${idKey(id)}`

const compareLockOrder = (a: Lockable, b: Lockable): number =>
  lockOrderOf(a) < lockOrderOf(b) ? -1 : 1

/** Locks of documents, held together: edits of these documents wait, reads do not. */
export class Locks<D extends Lockable> {
  private readonly held = new Map<D, () => void>()

  /**
   * Locks those documents that are not locked yet. Where one of them has its place before one that is held,
   * all are let go first, and locked anew.
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

  /** Lets all go. */
  release(): void {
    for (const release of this.held.values()) release()
    this.held.clear()
  }
}
