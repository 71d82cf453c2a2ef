// The update of a change that paths cannot say (a name is empty, has a dot or a leading $, or the parent may be no object any
// more), where other writers may have changed what lies beside it: an expression that sets the touched fields of the stored
// document and leaves the others. With a guard of the version the nearest ancestor can be written whole instead.
import type { ArrayOp, ObjectOp, Op } from '../../../changes/ops/ops.ts'
import { getOwn, type Dictionary } from '../../../document/containers.ts'
import type { FieldGuard } from '../../contract.ts'
import { fieldOf, hasKey, ifType } from './field-filter.ts'
import { keysOfElements, type ElementKeys } from './element-keys.ts'

type Expression = string | Dictionary

/** Returns the expression of the document after an op; `next` is the document after it as its writer saw it. */
export function createDocumentExpression(
  op: ObjectOp,
  next: Dictionary,
  fields: readonly FieldGuard[],
): Expression {
  return new ExpressionWriter(keysOfElements(fields)).object(op, '$$ROOT', next, [])
}

class ExpressionWriter {
  private readonly elementKeys: ElementKeys

  constructor(elementKeys: ElementKeys) {
    this.elementKeys = elementKeys
  }

  object(op: ObjectOp, stored: Expression, next: Dictionary, path: FieldGuard['path']): Expression {
    let result = stored
    for (const [name, child] of op.keys) {
      const field = { $literal: name }
      result =
        child.kind === 'unset'
          ? { $unsetField: { field, input: result } }
          : {
              $setField: {
                field,
                input: result,
                value: this.value(child, fieldOf(stored, name), getOwn(next, name), [
                  ...path,
                  name,
                ]),
              },
            }
    }
    return result
  }

  private value(op: Op, stored: Expression, next: unknown, path: FieldGuard['path']): Expression {
    if (op.kind === 'object') {
      // Where another writer put something else instead of the object, it is written whole.
      const edited = this.object(op, '$$o', next as Dictionary, path)
      return ifType('o', stored, 'object', edited, { $literal: next })
    }
    const elements = op.kind === 'array' ? this.elements(op, stored, next, path) : null
    return elements ?? { $literal: next }
  }

  /** Edits below keyed elements. Null: the op does more, and the array is written whole. */
  private elements(
    { runs, edits }: ArrayOp,
    stored: Expression,
    next: unknown,
    path: FieldGuard['path'],
  ): Expression | null {
    const keyed = runs === null && edits !== null && this.elementKeys.ofAll(path, edits.keys())
    if (!keyed) return null
    const branches = [...edits].map(([index, child], i) => ({
      case: hasKey('$$e', keyed[i] as NonNullable<FieldGuard['key']>),
      then: this.value(child, '$$e', (next as readonly unknown[])[index], [...path, index]),
    }))
    const edited = { $switch: { branches, default: '$$e' } }
    return { $map: { input: stored, as: 'e', in: edited } }
  }
}
