import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import { errorSuite } from './error-suite.ts'

const root = mkdtempSync(join('build', 'errors-'))
process.on('exit', () => rmSync(root, { recursive: true, force: true }))
let folders = 0

errorSuite('memory', () => memoryAdapter())
errorSuite('lmdb', () => lmdbAdapter({ path: join(root, `${folders++}`) }))
