// Adapters on LMDB folders of their own, which are removed when the process ends.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lmdbAdapter, type LMDBAdapter } from 'cowslip/lmdb'

const paths: string[] = []
process.on('exit', () => paths.forEach(path => rmSync(path, { recursive: true, force: true })))

/** Returns a new folder. */
export function freshFolder(): string {
  mkdirSync('build', { recursive: true })
  const path = mkdtempSync(join('build', 'fresh-'))
  paths.push(path)
  return path
}

/** Returns an adapter without documents. */
export const freshLMDB = (): LMDBAdapter => lmdbAdapter({ path: freshFolder() })
