import type { Draft, Immutable } from '../../document/types.ts'
import type { Collection, DocumentStore, NewEntity } from '../collection-types.ts'

/** Collects the work of one transaction; nothing is sent before the callback has ended. */
export interface Transaction {
  /** The document as this transaction sees it. That it stays so is checked: see {@link ReadOptions}. */
  read<T extends object>(document: DocumentStore<T>, options?: ReadOptions): Immutable<T>
  edit<T extends object>(document: DocumentStore<T>, recipe: (draft: Draft<T>) => unknown): void
  /** The new document; it is stored when the transaction is. */
  insert<T extends object, I>(collection: Collection<T, I>, entity: NewEntity<I>): DocumentStore<T>
  delete<T extends object>(document: DocumentStore<T>): void
}

/** Options of `Transaction.read`. */
export interface ReadOptions {
  /**
   * What is promised of a document that is only read. `serial`, the default: nobody writes it until the commit;
   * two transactions of which each writes what the other reads cannot both be committed. On MongoDB it is
   * stamped for that, so that transactions that read the same document wait for each other. `snapshot`: all that
   * was read is of one moment, and unchanged when the commit begins; nothing is written for it.
   */
  readonly check?: 'serial' | 'snapshot'
}

/** Options of `transaction`. */
export interface TransactionOptions {
  readonly signal?: AbortSignal
  /** How long it may wait and be made again, in milliseconds; 30,000 by default. */
  readonly timeoutMS?: number
}
