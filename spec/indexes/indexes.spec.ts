// Indexes on memory.
import { memoryAdapter } from 'cowslip/memory'
import { indexed } from './index-suite.ts'

indexed('memory', memoryAdapter)
