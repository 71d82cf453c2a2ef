import { memoryAdapter } from 'cowslip/memory'
import { freshLMDB } from '../support/fresh-lmdb.ts'
import { versionsSuite } from './versions-suite.ts'

versionsSuite('memory', () => memoryAdapter())
versionsSuite('lmdb', freshLMDB)
