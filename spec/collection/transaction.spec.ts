import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import { transactionSuite } from './transaction-suite.ts'

const root = mkdtempSync(join('build', 'transaction-'))
process.on('exit', () => rmSync(root, { recursive: true, force: true }))
let folders = 0

transactionSuite('memory', () => memoryAdapter())
transactionSuite('lmdb', () => lmdbAdapter({ path: join(root, `${folders++}`) }))
