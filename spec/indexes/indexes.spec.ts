// Indexes on memory and LMDB.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import { indexed } from './index-suite.ts'

mkdirSync('build', { recursive: true })
const paths: string[] = []
process.on('exit', () => paths.forEach(path => rmSync(path, { recursive: true })))

indexed('memory', memoryAdapter)
indexed('LMDB', () => {
  paths.push(mkdtempSync('build/indexes-'))
  return lmdbAdapter({ path: paths.at(-1) as string })
})
