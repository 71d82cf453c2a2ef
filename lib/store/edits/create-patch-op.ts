// The op of `store.patch(fields)` and `document.patch(fields)`: field by field, without a draft.
import { diffValues } from '../../changes/diff/diff.ts'
import type { CompareRules } from '../../changes/diff/identity.ts'
import type { Op, ObjectOp } from '../../changes/ops/ops.ts'
import { isPlainObject, type Dictionary } from '../../document/containers.ts'
import { badArgumentError, unsupportedValueError } from '../../document/messages/errors.ts'
import { ingest, type IngestRules } from '../../document/ingest.ts'
import { stepInto } from '../../document/paths/path.ts'

/**
 * Creates the op that sets the fields of `partial` in `state`; `undefined` removes a field. O(fields of
 * `partial`). Throws `bad-argument`, and `unsupported-value` for values that the store cannot hold.
 */
export function createPatchOp(
  state: object,
  partial: unknown,
  ingestRules: IngestRules,
  rules: CompareRules,
): ObjectOp {
  if (typeof partial !== 'object' || partial === null || !isPlainObject(partial)) {
    throw badArgumentError('partial', 'a plain object with the fields to set', partial)
  }
  const keys = new Map<string, Op>()
  for (const key of Reflect.ownKeys(partial)) {
    if (typeof key === 'symbol') {
      throw unsupportedValueError([], `the symbol key ${String(key)}`, 'Use a text as the key.')
    }
    const op = createFieldOp(state, key, partial, ingestRules, rules)
    if (op !== null) keys.set(key, op)
  }
  return { kind: 'object', keys }
}

function createFieldOp(
  state: object,
  key: string,
  partial: Dictionary,
  ingestRules: IngestRules,
  rules: CompareRules,
): Op | null {
  const given = Object.getOwnPropertyDescriptor(partial, key)?.value as unknown
  const old = stepInto(state, key)
  if (given === undefined) return old && { kind: 'unset', old: old.value }
  const value = ingest(given, ingestRules, () => [key])
  return old === null ? { kind: 'set', value } : diffValues(old.value, value, rules, [key])
}
