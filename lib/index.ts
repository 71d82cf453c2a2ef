// `cowslip`: stores, collections, transactions, change sets and the tracker. Nothing behind this entry
// imports a Node module or a package.
export { createStore } from './store/create-store.ts'
export type {
  ChangeListener,
  Listenable,
  SelectOptions,
  Store,
  ComparingOptions,
  StoreOptions,
  SubscribeOptions,
} from './store/store-types.ts'
export type { Edit, EditOptions, HeldEdit, Savepoint } from './store/edits/edit-types.ts'
export type { HistoryEntry, HistoryOptions, StoreHistory } from './store/history/history-types.ts'
export { createCollection } from './collection/create-collection.ts'
export { ManyError } from './collection/many/many-error.ts'
export type { ManyOutcome } from './collection/many/many-error.ts'
export type {
  BeforeCommit,
  Collection,
  CollectionOptions,
  Concurrency,
  Cursor,
  DocumentEdit,
  DocumentStatus,
  DocumentStore,
  NewEntity,
  PartialCursor,
  PartialState,
  ReferenceCursor,
  References,
  Timestamps,
  StateCursor,
  WithReferences,
} from './collection/collection-types.ts'
export type {
  CallLimits,
  DocumentEditOptions,
  FindOptions,
  GetOptions,
  ManyOptions,
  ManyProgress,
  ManyResult,
  Page,
  PageOptions,
  SyncIndexesOptions,
  UndoOptions,
} from './collection/call-types.ts'
export type { Filter, Operators, PathsOf, Sort, ValueAt } from './collection/filter-types.ts'
export type { AuditEntry, AuditOptions } from './collection/trail/audit-types.ts'
export type { OutboxEvent } from './collection/trail/outbox-types.ts'
export type {
  CollectionHistory,
  TransactionEntry,
  TransactionEvent,
  TransactionPart,
  TransactionUndoOptions,
} from './collection/history/history-types.ts'
export type { IdOf } from './collection/id-of.ts'
export type {
  InferInput,
  InferOutput,
  SchemaResult,
  StandardSchema,
} from './collection/schema/schema-types.ts'
export type {
  ChangedEvent,
  InsertedEvent,
  LivenessEvent,
  RemovedEvent,
  ResetEvent,
  WatchedEvent,
} from './collection/watch/watch-types.ts'
export { transaction } from './collection/transaction/transaction.ts'
export type { Patches } from './changes/encodings/apply-any-patches.ts'
export type {
  ReadOptions,
  Transaction,
  TransactionOptions,
} from './collection/transaction/transaction-types.ts'
export { castDraft, castImmutable } from './document/types.ts'
export type {
  ArrayKind,
  Atom,
  DottedPath,
  Draft,
  DraftFields,
  FrozenArray,
  FrozenMap,
  FrozenRestTuple,
  FrozenSet,
  FrozenTuple,
  Immutable,
  ImmutableFields,
  PathIn,
  Primitive,
  ReadonlyBinary,
  ReadonlyDate,
  WithoutMutators,
} from './document/types.ts'
export type { Leaf } from './document/leaves/leaves.ts'
export type { OtherKey, Path, PathInput, PathSegment } from './document/paths/path.ts'
export { toReadable } from './store/to-readable.ts'
export type { Readable } from './store/to-readable.ts'
export { StateTracker } from './draft/state-tracker.ts'
export type { Field } from './draft/state-tracker.ts'
export { ChangeSet } from './changes/change-set.ts'
export { describe } from './changes/describe.ts'
export { diff } from './changes/diff/diff-states.ts'
export type { DiffOptions } from './changes/diff/diff-states.ts'
export type { Keyed } from './changes/diff/identity.ts'
export type { Origin } from './changes/light-change-set.ts'
export type { RebaseOptions, Resolve } from './changes/conflicts.ts'
export type { Side } from './changes/rebase-context.ts'
export type {
  ArrayOp,
  InsertRun,
  KeepRun,
  MapOp,
  MembersOp,
  ObjectOp,
  Op,
  Run,
  SetOp,
  UnsetOp,
} from './changes/ops/ops.ts'
export type { Patch } from './changes/encodings/immer-patches.ts'
export type { JSONPatchOperation, JSONPatchOptions } from './changes/encodings/json-patch.ts'
export type { JSONObject, JSONValue } from './changes/encodings/json-values.ts'
export type {
  ChangeEvent,
  ConfirmedEvent,
  ConflictEvent,
  DeletedEvent,
  DocumentEvent,
  ErrorEvent,
  EventOf,
  HistoryClearedEvent,
  MissedEvent,
  RejectedEvent,
  RollbackEvent,
  StoreEvent,
  UnknownEvent,
} from './events/types.ts'
export type { EventsOptions } from './events/event-stream.ts'
export { immerable } from './document/containers.ts'
export { ConflictError, CowslipError, InvalidError } from './document/messages/errors.ts'
export type {
  Conflict,
  ConflictDetails,
  DocumentName,
  ErrorCode,
  ErrorDetails,
  SchemaIssue,
} from './document/messages/errors.ts'
export type {
  Adapter,
  Capabilities,
  CloseOptions,
  Commit,
  CommitResult,
  FieldGuard,
  TransactionRead,
  UpdateGuard,
  VersionGuard,
} from './adapters/contract.ts'
export type {
  CallOptions,
  StoredDocument,
  IndexDefinition,
  IndexProgress,
  Query,
  QueryPlan,
  SyncedIndexes,
} from './adapters/contract-queries.ts'
export type { WatchedWrite, WatchEvent, WatchOptions } from './adapters/contract-watch.ts'
