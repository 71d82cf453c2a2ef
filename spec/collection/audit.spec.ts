import { memoryAdapter } from 'cowslip/memory'
import { freshLMDB } from '../support/fresh-lmdb.ts'
import { auditSuite } from './audit-suite.ts'

auditSuite('memory', () => memoryAdapter(), 10_000)
auditSuite('lmdb', freshLMDB)
