// The core. Nothing behind it imports a Node module.
export { CowslipError, ConflictError } from './document/errors.ts'
export type { Conflict, ErrorCode, ErrorDetails } from './document/errors.ts'
export { StateTracker } from './draft/state-tracker.ts'
export type { Field } from './draft/state-tracker.ts'
export { ChangeSet } from './changes/change-set.ts'
export type { Origin } from './changes/change-set.ts'
export type {
  Op,
  SetOp,
  UnsetOp,
  ObjectOp,
  ArrayOp,
  Run,
  KeepRun,
  InsertRun,
} from './changes/ops.ts'
export type { Patch } from './changes/immer-patches.ts'
export type { JSONPatchOperation, JSONPatchOptions } from './changes/json-patch.ts'
export type { JSONObject, JSONValue } from './changes/json-values.ts'
export type { Leaf } from './document/leaves.ts'
export type { Path, PathInput, PathSegment } from './document/path.ts'
