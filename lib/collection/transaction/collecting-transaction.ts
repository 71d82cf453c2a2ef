// The `tx` that a transaction's callback gets. It sends nothing: it notes, for each document, the state it
// saw and the edits made on a draft of it. `transaction.ts` sends what was collected.
import type { VersionGuard } from '../../adapters/contract.ts'
import { EMPTY_OP } from '../../changes/ops/ops.ts'
import { CowslipError, badArgumentError } from '../../document/messages/errors.ts'
import { checkKnownOptions, checkFunction } from '../../document/messages/check-options.ts'
import type { Draft, Immutable } from '../../document/types.ts'
import { peekAtResult } from '../../draft/strict/peek-at-result.ts'
import { StoreScope } from '../../draft/strict/store-scope.ts'
import type { Collection, DocumentStore, NewEntity } from '../collection-types.ts'
import type { Filter } from '../filter-types.ts'
import { LiveDocument } from '../document/live-document.ts'
import type { Prepared } from '../../store/edits/prepare.ts'
import { runRecipe } from '../../store/edits/run-recipe.ts'
import type { ReadOptions, Transaction } from './transaction-types.ts'

/** A live document of any type. */
export type AnyDocument = LiveDocument<any>

/** The work of a transaction on one document. */
export interface DocumentWork {
  readonly document: AnyDocument
  /** The state that the transaction saw, and must find when it commits. */
  readonly base: object
  readonly guard: VersionGuard
  /** The document as it is stored, where that has an older shape; else null. */
  readonly older: object | null
  readonly kind: 'insert' | 'stored'
  /** Its place in the order of first writes. */
  order: number
  scope: StoreScope | null
  /** The result of an undo or redo of the base, instead of an edit; null: there is none. */
  reversed: Prepared
  /** The check of a document that is only read. */
  check: 'serial' | 'snapshot'
  deleted: boolean
}

/** The document as a transaction sees it. */
export type DocumentView = Pick<AnyDocument, 'status'> &
  Pick<DocumentWork, 'base' | 'guard' | 'older'>

/** Collects the work of one run of the callback. */
export class CollectingTransaction implements Transaction {
  isOpen: boolean = true
  readonly works: Map<AnyDocument, DocumentWork> = new Map()
  private writes = 0
  private readonly view: (document: AnyDocument) => DocumentView
  private readonly onWork: (document: AnyDocument) => unknown

  /** `view` tells how the transaction sees a document, and `onWork` hears of each that it works on. */
  constructor(
    view: (document: AnyDocument) => DocumentView,
    onWork: (document: AnyDocument) => unknown = () => {},
  ) {
    this.view = view
    this.onWork = onWork
  }

  read<T extends object>(document: DocumentStore<T>, options: ReadOptions = {}): Immutable<T> {
    checkKnownOptions(options, ['check'])
    const { check = 'serial' } = options
    if (check !== 'serial' && check !== 'snapshot') {
      throw badArgumentError('check', "'serial' or 'snapshot'", check)
    }
    const work = this.workOn(document)
    const { scope, base } = work
    // The stronger of two checks counts.
    if (check === 'serial') work.check = check
    const seen = scope === null ? base : work.document.own.complete(peekAtResult(scope, true).value)
    return seen as Immutable<T>
  }

  edit<T extends object>(document: DocumentStore<T>, recipe: (draft: Draft<T>) => unknown): void {
    checkFunction('recipe', recipe)
    const work = this.workOn(document)
    if (work.scope === null && work.kind === 'stored') work.order = this.writes++
    work.scope ??= new StoreScope(work.base, work.document.rules)
    runRecipe(work.scope, recipe)
  }

  insert<T extends object, I>(
    collection: Collection<T, I>,
    entity: NewEntity<I>,
  ): DocumentStore<T> {
    this.assertOpen()
    if (typeof Object(collection).wrap !== 'function')
      throw badArgumentError('collection', 'a collection', collection)
    const document = collection.wrap(entity)
    this.workOn(document)
    return document
  }

  insertMany<T extends object, I>(
    collection: Collection<T, I>,
    entities: readonly NewEntity<I>[],
  ): DocumentStore<T>[] {
    if (!Array.isArray(entities)) throw badArgumentError('entities', 'a list of entities', entities)
    return (entities as readonly NewEntity<I>[]).map(entity => this.insert(collection, entity))
  }

  async editMany<T extends object, I>(
    collection: Collection<T, I>,
    filter: Filter<T>,
    recipe: (draft: Draft<T>) => unknown,
  ): Promise<number> {
    this.assertOpen()
    checkFunction('recipe', recipe)
    if (typeof Object(collection).find !== 'function')
      throw badArgumentError('collection', 'a collection', collection)
    let count = 0
    for await (const document of collection.find(filter)) {
      // One that this transaction deletes is found all the same.
      if (this.works.get(document as AnyDocument)?.deleted === true) continue
      this.edit(document, recipe)
      count++
    }
    return count
  }

  delete<T extends object>(document: DocumentStore<T>): void {
    const work = this.workOn(document)
    work.deleted = true
    work.order = this.writes++
  }

  /** Adds what undo or redo makes of a document: `make` returns it. */
  reverse(document: object, make: (base: object) => Prepared): void {
    const work = this.workOn(document)
    work.order = this.writes++
    work.reversed = make(work.base)
  }

  /** Adds the insert of a document that was deleted, with the state that it had. */
  revive(document: object, state: object): void {
    const live = assertDocument(document)
    this.onWork(live)
    const work = newWork(live, live.state as object, live.guard())
    const reversed = { op: EMPTY_OP, next: state }
    this.works.set(live, { ...work, kind: 'insert', order: this.writes++, reversed })
  }

  end(): void {
    this.isOpen = false
    for (const { scope } of this.works.values()) scope?.end()
  }

  private workOn(document: unknown): DocumentWork {
    this.assertOpen()
    const live = assertDocument(document)
    const known = this.works.get(live)
    if (known?.deleted === true) throw live.missingError()
    if (known !== undefined) return known
    const { status, base, guard, older } = this.view(live)
    if (status === 'deleted') throw live.missingError()
    const kind = status === 'new' ? 'insert' : 'stored'
    const work: DocumentWork = { ...newWork(live, base, guard), older, kind, order: this.writes++ }
    this.works.set(live, work)
    this.onWork(live)
    return work
  }

  private assertOpen(): void {
    if (this.isOpen) return
    throw new CowslipError(
      'ended-edit',
      'Expected a transaction under way. Received a call after its callback had ended. Do all work in the callback.',
      {},
    )
  }
}

function assertDocument(document: unknown): AnyDocument {
  if (document instanceof LiveDocument) return document
  throw badArgumentError('document', 'a document of a collection', document)
}

const newWork = (
  document: AnyDocument,
  base: object,
  guard: VersionGuard,
): Omit<DocumentWork, 'kind' | 'order'> => {
  const nothing = { older: null, scope: null, reversed: null, deleted: false }
  return { document, base, guard, check: 'snapshot', ...nothing }
}

/** Returns a document as it is. */
export const viewOf = (document: AnyDocument): DocumentView => ({
  status: document.status,
  base: document.state as object,
  guard: document.guard(),
  older: document.olderDoc,
})
