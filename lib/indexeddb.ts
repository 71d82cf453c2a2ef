// `cowslip/indexeddb`: documents in a browser's own storage.
export { indexedDBAdapter } from './adapters/indexeddb/indexeddb-adapter.ts'
export type { IndexedDBOptions } from './adapters/indexeddb/indexeddb-adapter.ts'
