// Many documents on memory and LMDB.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { lmdbAdapter } from 'cowslip/lmdb'
import { memoryAdapter } from 'cowslip/memory'
import { many } from './many-suite.ts'

mkdirSync('build', { recursive: true })
const paths: string[] = []
process.on('exit', () => paths.forEach(path => rmSync(path, { recursive: true })))

many('memory', memoryAdapter)
many('LMDB', () => {
  paths.push(mkdtempSync('build/many-'))
  return lmdbAdapter({ path: paths.at(-1) as string })
})
