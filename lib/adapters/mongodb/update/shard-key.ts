// The shard key of a collection: its values go into each filter, so that a write reaches one shard, and edits leave it alone.
import type { ObjectOp } from '../../../changes/ops/ops.ts'
import { touchesPath } from '../../../changes/ops/touches-path.ts'
import { isObject, type Dictionary } from '../../../document/containers.ts'
import { CowslipError } from '../../../document/messages/errors.ts'

/** Returns the conditions for the values of the shard key in a document; of a value that is absent: null. */
export function shardFilter(document: object, shardKey: readonly string[]): Dictionary {
  const filter: Dictionary = {}
  for (const path of shardKey) {
    if (path === '_id') continue
    let value: unknown = document
    for (const name of path.split('.')) {
      value = isObject(value) && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
    }
    filter[path] = { $eq: value ?? null }
  }
  return filter
}

/** Throws `immutable-field` for a change of the shard key. */
export function assertShardKeyStays(op: ObjectOp, shardKey: readonly string[]): void {
  for (const path of shardKey) {
    const segments = path.split('.')
    if (!touchesPath(op, segments)) continue
    throw new CowslipError(
      'immutable-field',
      `Expected "${path}", which is part of the shard key, to stay as it is. Received a change of it. Insert another ` +
        'document instead.',
      { path: segments },
    )
  }
}
