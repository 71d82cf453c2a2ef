// The shapes of a collection's documents. Each function of `versions` makes the next shape of a document; the number of
// functions that a stored document has been through is kept with it. What is read is brought on to the newest shape, and
// stored in it by the next write, which carries the whole difference.
//
//   versions: [toV1, toV2]      stored with 0 or none: toV2(toV1(doc)) is shown
//                               stored with 2: shown as it is
//                               stored with 3: refused, for a newer program has written it
import { isPlainObject, type Dictionary } from '../../document/containers.ts'
import { isEqual } from '../../document/equality.ts'
import type { Leaves } from '../../document/leaves/leaf-kinds.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import { copyDeep } from '../../draft/current.ts'
import type { Adapter, StoredDocument } from '../../adapters/contract.ts'
import { refuseThenable } from '../calls/refuse-thenable.ts'
import { newerShapeError, unreadableError } from '../calls/outcome.ts'
import type { CollectionOptions } from '../collection-types.ts'

type Versions = NonNullable<CollectionOptions['versions']>

/** Throws `bad-argument` for anything but a list of functions, and for an adapter that keeps no shapes. */
export function checkVersions(versions: unknown, { capabilities }: Adapter): void {
  if (versions === undefined) return
  if (!Array.isArray(versions) || Array.from(versions).some(each => typeof each !== 'function')) {
    throw badArgumentError('versions', 'a list of functions', versions)
  }
  if (capabilities.shapes === true) return
  throw badArgumentError('versions', 'nothing, for this adapter keeps no `shapes`', versions)
}

/** The shapes of one collection. */
export class Shapes {
  /** The number of the newest one. */
  readonly newest: number
  private readonly versions: Versions
  private readonly collection: string
  private readonly leaves: Leaves

  constructor(collection: string, leaves: Leaves, versions: Versions = []) {
    this.collection = collection
    this.leaves = leaves
    this.versions = [...versions]
    this.newest = versions.length
  }

  /** The shape that a write tells; nothing where a collection has no `versions`. */
  get ofWrites(): { readonly shape?: number } {
    return this.newest === 0 ? {} : { shape: this.newest }
  }

  /** Whether a stored document has an older shape. */
  isOlder({ shape = 0 }: StoredDocument): boolean {
    return shape < this.newest
  }

  /** Throws `unreadable` for a document of a newer shape. */
  assertKnown({ doc, shape = 0 }: StoredDocument): void {
    if (shape <= this.newest) return
    const { _id: id } = doc as { _id?: unknown }
    throw newerShapeError({ collection: this.collection, id }, shape, this.newest)
  }

  /** Returns a stored document in the newest shape. Throws `unreadable`: it is of a newer one, or a function failed. */
  bringOn(stored: StoredDocument): object {
    this.assertKnown(stored)
    if (!this.isOlder(stored)) return stored.doc
    const { _id: id } = stored.doc as { _id?: unknown }
    let doc = copyDeep(stored.doc, this.leaves) as Dictionary
    for (let shape = stored.shape ?? 0; shape < this.newest; shape++) {
      doc = this.toNext(shape, doc, id)
    }
    return doc
  }

  private toNext(shape: number, doc: Dictionary, id: unknown): Dictionary {
    const version = this.versions[shape] as Versions[number]
    try {
      const next = refuseThenable(`versions[${shape}]`, version(doc) as unknown)
      if (typeof next !== 'object' || next === null || !isPlainObject(next)) {
        throw badArgumentError(`versions[${shape}]`, 'a function that returns the document', next)
      }
      const { _id, ...fields } = next
      if (_id !== undefined && !isEqual(_id, id, this.leaves)) {
        throw badArgumentError(`versions[${shape}]`, 'a function that leaves `_id` as it is', _id)
      }
      return { _id: id, ...fields }
    } catch (error) {
      throw unreadableError({ collection: this.collection, id }, `versions[${shape}]`, error)
    }
  }
}
