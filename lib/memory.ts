// `cowslip/memory`: documents in the memory of this process.
export { memoryAdapter } from './adapters/memory/memory-adapter.ts'
