// The public types of transactions.
import type { Draft, Immutable } from '../../document/types.ts'
import type { Collection, DocumentStore, NewEntity } from '../collection-types.ts'
import type { EditOptions } from '../../store/edits/edit-types.ts'
import type { Filter } from '../filter-types.ts'

/** Collects the work of one transaction. Nothing is sent before the callback has ended. */
export interface Transaction {
  /**
   * Returns the document as this transaction sees it. The commit checks that it has stayed so: see {@link
   * ReadOptions}.
   */
  read<T extends object>(document: DocumentStore<T>, options?: ReadOptions): Immutable<T>
  edit<T extends object>(document: DocumentStore<T>, recipe: (draft: Draft<T>) => unknown): void
  /** Returns the new document. It is stored when the transaction commits. */
  insert<T extends object, I>(collection: Collection<T, I>, entity: NewEntity<I>): DocumentStore<T>
  /** Returns the new documents, in order. They are stored when the transaction commits. */
  insertMany<T extends object, I>(
    collection: Collection<T, I>,
    entities: readonly NewEntity<I>[],
  ): DocumentStore<T>[]
  /**
   * Edits all stored documents that a filter matches. Resolves to how many. Each is checked like a document that was read;
   * one that comes to match later is not noticed. All are held until the commit: for very many take `editMany` of the
   * collection.
   */
  editMany<T extends object, I>(
    collection: Collection<T, I>,
    filter: Filter<T>,
    recipe: (draft: Draft<T>) => unknown,
  ): Promise<number>
  delete<T extends object>(document: DocumentStore<T>): void
}

/** Options of `Transaction.read`. */
export interface ReadOptions {
  /**
   * The promise for a document that is only read. `serial`, the default: nobody writes it until the commit,
   * so two transactions that each write what the other reads cannot both commit. On MongoDB the document is
   * stamped for that, so transactions that read the same document wait for each other. `snapshot`: all
   * reads are of one moment and unchanged when the commit begins; nothing is written for them.
   */
  readonly check?: 'serial' | 'snapshot'
}

/** Options of `transaction`: metadata of all its change sets and of its event, and limits. */
export interface TransactionOptions extends Pick<EditOptions, 'label' | 'meta'> {
  readonly signal?: AbortSignal
  /** The time that the transaction may take, with waiting and retries, in milliseconds; 30,000 by default. */
  readonly timeoutMS?: number
  /**
   * The number of times that the callback may run again after a clash with other writers; then the transaction rejects with
   * `conflict`. Default: as often as there is time. Not within a session.
   */
  readonly retry?: number
  /**
   * A session of the caller's with a transaction under way (MongoDB). What is written is stored when the caller commits;
   * until then the state of the documents, their listeners and other writers of this process wait. Errors of the driver
   * are thrown as they are, for `withTransaction` to run again.
   */
  readonly session?: object
}
