import { memoryAdapter } from 'cowslip/memory'
import { freshLMDB } from '../support/fresh-lmdb.ts'
import { outboxSuite } from './outbox-suite.ts'

outboxSuite('memory', () => memoryAdapter())
outboxSuite('lmdb', freshLMDB)
