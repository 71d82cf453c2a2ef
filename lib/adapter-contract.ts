// `cowslip/adapter-contract`: for authors of adapters. The contract, the tests of its promises, and the
// functions that most adapters need.
export { adapterContract } from './adapters/contract-tests/adapter-contract.ts'
export type { ContractTest } from './adapters/contract-tests/adapter-contract.ts'
export { withFaults } from './adapters/contract-tests/with-faults.ts'
export type {
  Fault,
  FaultCall,
  FaultOptions,
  FaultyAdapter,
} from './adapters/contract-tests/with-faults.ts'
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
  PageOptions,
  Query,
  QueryPlan,
  StoredPage,
  SyncedIndexes,
  SyncIndexesOptions,
} from './adapters/contract-queries.ts'
export type { WatchedWrite, WatchEvent, WatchOptions } from './adapters/contract-watch.ts'
export { decide } from './adapters/decide.ts'
export { applyUpdate } from './adapters/field-guards.ts'
export { nextRing } from './adapters/ring.ts'
export { WatchFeed } from './adapters/watch-feed.ts'
export { resolveCommit } from './adapters/resolve-commit.ts'
export { decodeDocument, encodeDocument } from './adapters/encoding/json-documents.ts'
export { idKey } from './adapters/ids.ts'
export { compileFilter } from './adapters/query/filter.ts'
export { runQuery } from './adapters/query/run-query.ts'
