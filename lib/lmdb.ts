// Documents in an LMDB store on disk.
export { lmdbAdapter } from './adapters/lmdb/lmdb-adapter.ts'
export type { LMDBOptions } from './adapters/lmdb/lmdb-adapter.ts'
