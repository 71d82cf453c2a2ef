// Checks a folder before LMDB opens it, because LMDB itself does not survive a bad one: it hangs where a
// folder cannot be created (under /proc), and ends the process where a file is foreign or torn.
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { CowslipError } from '../../document/messages/errors.ts'

/**
 * Makes sure that LMDB can open `path`: a folder that can be read and written, with no data in it or whole
 * data of LMDB's. Creates the folder if need be. Throws `adapter`.
 */
export function prepareFolder(path: string): void {
  const folder = resolve(path)
  try {
    makeFolder(folder)
    accessSync(folder, constants.R_OK | constants.W_OK)
  } catch (cause) {
    const received = `Received ${folder}, which cannot be used: ${(cause as Error).message}.`
    throw folderError(`${received} Choose a folder that can be read and written.`, cause)
  }
  const file = join(folder, 'data.mdb')
  if (existsSync(file)) checkData(file)
}

/** Creates one level after the other: Node's recursive `mkdir` never returns under /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw new Error('it is a file')
    return
  }
  makeFolder(dirname(folder))
  mkdirSync(folder)
}

const LMDB_MAGIC = 0xbeefc0de
/** The offsets of the fields of a meta page, in bytes. */
const META_OFFSETS = { magic: 24, pageSize: 48, lastPage: 144, transaction: 152 } as const
const META_BYTES = 160

/**
 * Checks a data file. It has two meta pages; the one of the later transaction says how many pages there
 * must be.
 */
function checkData(file: string): void {
  const descriptor = openSync(file, 'r')
  try {
    const { size } = fstatSync(descriptor)
    // A process that was killed while it created the file leaves it empty: LMDB begins anew.
    if (size === 0) return
    const first = readMeta(descriptor, 0)
    const pageSize = first?.pageSize ?? 0
    const second = readMeta(descriptor, pageSize)
    if (first === null || second === null || pageSize < 512) {
      throw folderError(
        `Received ${file}, which is none of LMDB's files, or of another version. Move it away.`,
      )
    }
    const { lastPage } = second.transaction > first.transaction ? second : first
    if (size < (lastPage + 1) * pageSize) {
      throw folderError(
        `Received ${file}, which is torn: its end is missing. Put a whole copy in its place.`,
      )
    }
  } finally {
    closeSync(descriptor)
  }
}

function readMeta(
  descriptor: number,
  position: number,
): { pageSize: number; lastPage: number; transaction: number } | null {
  const bytes = new DataView(new ArrayBuffer(META_BYTES))
  if (readSync(descriptor, bytes, 0, META_BYTES, position) < META_BYTES) return null
  if (bytes.getUint32(META_OFFSETS.magic, true) !== LMDB_MAGIC) return null
  return {
    pageSize: bytes.getUint32(META_OFFSETS.pageSize, true),
    lastPage: Number(bytes.getBigUint64(META_OFFSETS.lastPage, true)),
    transaction: Number(bytes.getBigUint64(META_OFFSETS.transaction, true)),
  }
}

function folderError(reason: string, cause?: unknown): CowslipError {
  return new CowslipError(
    'adapter',
    `Expected a folder that LMDB can open. ${reason}`,
    { reason },
    cause,
  )
}
