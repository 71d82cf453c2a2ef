// Indexes on memory and LMDB.
import { memoryAdapter } from 'cowslip/memory'
import { freshLMDB } from '../support/fresh-lmdb.ts'
import { indexed } from './index-suite.ts'

indexed('memory', memoryAdapter)
indexed('LMDB', freshLMDB)
