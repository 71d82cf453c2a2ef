// `cowslip/persist`: a store kept in a browser's storage, or any other.
export { persist } from './persist/persist.ts'
export type { Persisted, PersistOptions } from './persist/persist.ts'
export type { Migration } from './persist/record.ts'
export type { PersistStorage, TextStorage } from './persist/storages.ts'
