import { memoryAdapter } from 'cowslip/memory'
import { freshLMDB } from '../support/fresh-lmdb.ts'
import { unitsSuite } from './units-suite.ts'

unitsSuite('memory', () => memoryAdapter())
unitsSuite('lmdb', freshLMDB)
