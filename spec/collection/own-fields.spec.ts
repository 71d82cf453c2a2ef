import { memoryAdapter } from 'cowslip/memory'
import { freshLMDB } from '../support/fresh-lmdb.ts'
import { softDeleteSuite } from './soft-delete-suite.ts'
import { ownFieldsSuite } from './own-fields-suite.ts'

ownFieldsSuite('memory', () => memoryAdapter())
softDeleteSuite('memory', () => memoryAdapter())
ownFieldsSuite('lmdb', freshLMDB)
softDeleteSuite('lmdb', freshLMDB)
