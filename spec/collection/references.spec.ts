// References on memory and LMDB.
import { memoryAdapter } from 'cowslip/memory'
import { freshLMDB } from '../support/fresh-lmdb.ts'
import { references } from './references-suite.ts'

references('memory', memoryAdapter)
references('LMDB', freshLMDB)
