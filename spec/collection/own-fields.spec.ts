import { memoryAdapter } from 'cowslip/memory'
import { freshLMDB } from '../support/fresh-lmdb.ts'
import { ownFieldsSuite } from './own-fields-suite.ts'

ownFieldsSuite('memory', () => memoryAdapter())
ownFieldsSuite('lmdb', freshLMDB)
