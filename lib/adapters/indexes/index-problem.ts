// What keeps an index from holding what its definition says, found while it is built.
import { CowslipError } from '../../document/messages/errors.ts'
import type { NamedIndex } from '../contract-queries.ts'

/** Documents that an index cannot hold as it should, by a first example. */
export type IndexProblem =
  /** Two documents have the same values of a unique index. New ones are refused all the same. */
  | { readonly kind: 'twins'; readonly ids: readonly unknown[] }
  /** A document has arrays in two fields. The index lacks it, so queries do not use it. */
  | { readonly kind: 'arrays'; readonly ids: readonly unknown[] }

/** Creates the error for an index that cannot be built. */
export function indexProblemError(
  collection: string,
  { name, fields }: NamedIndex,
  { kind, ids }: IndexProblem,
  cause?: unknown,
): CowslipError {
  const [id] = ids
  const what = `Expected documents of "${collection}" that the index "${name}" can hold. Received `
  if (kind === 'arrays') {
    const which = ids.length === 0 ? 'one' : String(id)
    const text = `${what}${which}, which has arrays in two of its fields. Change it or the index.`
    return new CowslipError('rejected', text, { collection, id, reason: 'parallel-arrays' }, cause)
  }
  const some = ids.length === 0 ? 'several' : ids.map(String).join(' and ')
  const text = `${what}${some}, which have the same values. Change one of them.`
  return new CowslipError('duplicate', text, { collection, id, fields: Object.keys(fields) }, cause)
}
