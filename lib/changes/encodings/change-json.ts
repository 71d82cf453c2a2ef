// Change sets as plain JSON. `ChangeSet.from` and `toJSON`, and `decode` and `encode` of `cowslip/light`, end here.
import type { Dictionary } from '../../document/containers.ts'
import { defaultLeaves, leavesOf, type Leaf } from '../../document/leaves/leaves.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import {
  partsOf,
  type ChangeInfo,
  type ChangeParts,
  type ChangeSet as LightChangeSet,
} from '../light-change-set.ts'
import { EMPTY_OP } from '../ops/ops.ts'
import { decodeOp, encodeOp } from './json-ops.ts'
import type { JSONObject, JSONValue } from './json-values.ts'

/** Returns the parts that JSON tells, with ops alone. Throws `bad-argument` for anything but what `changeToJSON` wrote. */
export function partsFromJSON(json: unknown, own?: readonly Leaf[]): ChangeParts {
  const leaves = own === undefined ? defaultLeaves : leavesOf(own)
  if (typeof json !== 'object' || json === null || (json as JSONObject).cowslip !== 1) {
    throw badArgumentError('json', 'a change set as `toJSON` writes it', json)
  }
  const { ops, ...rest } = json as JSONObject
  const op = decodeOp(ops, leaves) ?? EMPTY_OP
  if (op.kind !== 'object') throw badArgumentError('json', 'the ops of an object', ops)
  return { op, values: null, leaves, info: readChangeInfo(rest), source: null }
}

/** Returns the ops and metadata of a change as plain JSON. Throws `unsupported-value` for a leaf without `encode`. */
export function changeToJSON(change: LightChangeSet): JSONObject {
  const { op, leaves, info } = partsOf(change)
  const { meta, ...known } = { ...info, id: change.id, origin: change.origin }
  return {
    cowslip: 1,
    ops: encodeOp(op, leaves, []),
    ...(known as JSONObject),
    ...(meta !== undefined && { meta: meta as JSONValue }),
  }
}

const ORIGINS: readonly unknown[] = ['local', 'remote', 'undo', 'redo']

function readChangeInfo(json: JSONObject): ChangeInfo {
  const info: Dictionary = {}
  const read = (key: keyof ChangeInfo, fits: (value: unknown) => boolean): void => {
    if (json[key] === undefined) return
    if (!fits(json[key])) throw badArgumentError(`json.${key}`, 'what `toJSON` writes', json[key])
    info[key] = json[key]
  }
  const isText = (value: unknown): boolean => typeof value === 'string'
  read('id', isText)
  read('label', isText)
  read('origin', value => ORIGINS.includes(value))
  for (const key of ['baseVersion', 'version', 'at'] as const) read(key, Number.isFinite)
  read('meta', () => true)
  return info
}
