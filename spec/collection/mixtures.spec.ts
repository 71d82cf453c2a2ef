import { memoryAdapter } from 'cowslip/memory'
import { freshLMDB } from '../support/fresh-lmdb.ts'
import { mixturesSuite } from './mixtures-suite.ts'

mixturesSuite('memory', () => memoryAdapter())
mixturesSuite('lmdb', freshLMDB)
