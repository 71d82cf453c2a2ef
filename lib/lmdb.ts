// `cowslip/lmdb`: documents in an LMDB store on this machine's disk.
export { lmdbAdapter } from './adapters/lmdb/lmdb-adapter.ts'
export type { LMDBAdapter, LMDBOptions } from './adapters/lmdb/lmdb-adapter.ts'
