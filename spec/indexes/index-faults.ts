// Compares the entries of the indexes of an LMDB store with those that its documents should have.
import { open, type RootDatabase } from 'lmdb'
import * as bson from 'bson'
import { spawn } from 'node:child_process'
import { DocumentCodec } from '../../lib/adapters/encoding/document-codec.ts'
import { Catalogs } from '../../lib/adapters/lmdb/indexes/catalog.ts'
import { Entries } from '../../lib/adapters/lmdb/indexes/entries.ts'
import type { Database } from '../../lib/adapters/lmdb/layout.ts'

/** What was found: entries that are wrong, and the numbers of indexes, entries and documents that were compared. */
export interface IndexFaults {
  readonly faults: readonly string[]
  readonly indexes: number
  readonly entries: number
}

/** Compares all indexes of a collection that are built. */
export async function findIndexFaults(path: string, collection: string): Promise<IndexFaults> {
  const root = open({
    path,
    noSubdir: false,
    encoding: 'string',
    useVersions: true,
  }) as unknown as RootDatabase<string, never>
  const database = root as unknown as Database
  const codec = new DocumentCodec([], bson.EJSON)
  const { indexes, dropping } = new Catalogs(database).read(collection, codec)
  const entries = new Entries(database)
  const faults: string[] = []
  const documents = [...database.getRange({ start: [collection, ''], end: [collection, 'z'] })]
  let count = 0
  for (const { index, tag, built } of indexes) {
    if (built !== null) continue
    const expected = new Map<string, string>()
    for (const { key, value } of documents) {
      const keys = index.keysOf(codec.decode(value).doc)
      for (const values of keys.values) expected.set(values + keys.id, key[1])
    }
    for (const [key, id] of entries.list(tag, { from: '', to: null })) {
      count++
      if (expected.get(key) !== id) faults.push(`${index.definition.name}: ${id} is too much`)
      expected.delete(key)
    }
    for (const id of expected.values()) faults.push(`${index.definition.name}: ${id} is missing`)
  }
  const tags = new Set([...indexes.map(({ tag }) => tag), ...dropping])
  const all = root.openDB<string, Buffer>({
    name: 'indexes',
    keyEncoding: 'binary',
    encoding: 'string',
  })
  for (const key of all.getKeys()) {
    const tag = key.toString('latin1').slice(0, 8)
    if (!tags.has(tag)) faults.push(`an entry of no index: ${tag}`)
  }
  await root.close()
  return { faults, indexes: indexes.length, entries: count }
}

/** What came of a process that was killed while it wrote documents with indexes. */
export interface KillRound extends IndexFaults {
  /** The number of acknowledged writes. */
  readonly writes: number
}

/** Lets a process write for a while, kills it with SIGKILL, and compares its indexes with rebuilt ones. */
export async function killIndexRound(path: string, ms: number): Promise<KillRound> {
  const child = spawn(process.execPath, ['spec/indexes/index-writer.mjs', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let writes = 0
  let timer: NodeJS.Timeout | undefined
  child.stdout.on('data', data => {
    writes += String(data).length
    timer ??= setTimeout(() => child.kill('SIGKILL'), ms)
  })
  const code = await new Promise(resolve => child.on('close', resolve))
  if (code !== null) throw new Error(`The writer ended by itself, with code ${String(code)}`)
  return { writes, ...(await findIndexFaults(path, 'c')) }
}
