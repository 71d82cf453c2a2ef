// References on memory and LMDB.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import { references } from './references-suite.ts'

mkdirSync('build', { recursive: true })
const paths: string[] = []
process.on('exit', () => paths.forEach(path => rmSync(path, { recursive: true })))

references('memory', memoryAdapter)
references('LMDB', () => {
  paths.push(mkdtempSync('build/references-'))
  return lmdbAdapter({ path: paths.at(-1) as string })
})
