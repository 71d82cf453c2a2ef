import { diffValues } from '../../changes/diff/diff.ts'
import type { Comparing } from '../../changes/diff/identity.ts'
import type { Op, ObjectOp } from '../../changes/ops/ops.ts'
import { isPlainObject, type Dictionary } from '../../document/containers.ts'
import { badArgument, unsupportedValue } from '../../document/messages/errors.ts'
import { ingest, type Intake } from '../../document/ingest.ts'
import { stepInto } from '../../document/paths/path.ts'

/** The op that sets the fields of `partial` in `state`; `undefined` removes. O(fields of `partial`). */
export function patchFields(
  state: object,
  partial: unknown,
  intake: Intake,
  how: Comparing,
): ObjectOp {
  if (typeof partial !== 'object' || partial === null || !isPlainObject(partial)) {
    throw badArgument('partial', 'a plain object with the fields to set', partial)
  }
  const keys = new Map<string, Op>()
  for (const key of Reflect.ownKeys(partial)) {
    if (typeof key === 'symbol') {
      throw unsupportedValue([], `the symbol key ${String(key)}`, 'Use a text as the key.')
    }
    const op = patchField(state, key, partial, intake, how)
    if (op !== null) keys.set(key, op)
  }
  return { kind: 'object', keys }
}

function patchField(
  state: object,
  key: string,
  partial: Dictionary,
  intake: Intake,
  how: Comparing,
): Op | null {
  const given = Object.getOwnPropertyDescriptor(partial, key)?.value as unknown
  const old = stepInto(state, key)
  if (given === undefined) return old && { kind: 'unset', old: old.value }
  const value = ingest(given, intake, () => [key])
  return old === null ? { kind: 'set', value } : diffValues(old.value, value, how, [key])
}
