// Many documents on memory and LMDB.
import { memoryAdapter } from 'cowslip/memory'
import { freshLMDB } from '../support/fresh-lmdb.ts'
import { many } from './many-suite.ts'

many('memory', memoryAdapter)
many('LMDB', freshLMDB)
