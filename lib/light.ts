// `cowslip/light`: stores and change sets for pages, with what most of them need; the rest are functions, each paid for by who
// imports it. One implementation with `cowslip`: its classes extend these.
export { createStore } from './store/light/create-store.ts'
export { withHistory } from './store/light/with-history.ts'
export { savepoints } from './store/light/savepoints.ts'
export { toReadable } from './store/to-readable.ts'
export type { Readable } from './store/to-readable.ts'
export type {
  ChangeEvent,
  ChangeListener,
  Edit,
  HistoryStore,
  SavepointEdit,
  Store,
  StoreEvent,
  StoreOptions,
} from './store/light/light-types.ts'
export type { SelectOptions, SubscribeOptions } from './store/store-types.ts'
export type { EditOptions, Savepoint } from './store/edits/edit-types.ts'
export type { HistoryEntry, HistoryOptions, StoreHistory } from './store/history/history-types.ts'
export { ChangeSet } from './changes/light-change-set.ts'
export type { Origin } from './changes/light-change-set.ts'
export {
  applyJSONPatch,
  compose,
  decode,
  diff,
  encode,
  rebase,
  toJSONPatch,
} from './store/light/change-functions.ts'
export { describe } from './changes/describe.ts'
export type { DiffOptions } from './changes/diff/diff-states.ts'
export type { RebaseOptions, Resolve } from './changes/conflicts.ts'
export type { Patch } from './changes/encodings/immer-patches.ts'
export type { JSONPatchOperation, JSONPatchOptions } from './changes/encodings/json-patch.ts'
export type { JSONObject, JSONValue } from './changes/encodings/json-values.ts'
export type { Leaf } from './document/leaves/leaves.ts'
export type { Draft, Immutable } from './document/types.ts'
export { immerable } from './document/containers.ts'
export { ConflictError, CowslipError } from './document/messages/errors.ts'
export type { Conflict, ErrorCode } from './document/messages/errors.ts'
