// Who has an LMDB folder open. Each adapter keeps a small file in it, named by host and process, because LMDB itself
// lists only readers of the moment. `compact` needs to be alone: it replaces the data file, which others would go on
// writing to unseen.
//
//   open      puts its file in the folder, then looks for `compacting`; found: refused
//   compact   puts `compacting` in the folder, then looks for files of others; found: refused
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { randomId } from '../../changes/random-id.ts'
import { CowslipError } from '../../document/messages/errors.ts'

const PREFIX = 'open-'
const COMPACTING = 'compacting'

/** The presence of one adapter in a folder. */
export class Presence {
  private readonly path: string
  private readonly file: string

  /** Enters a folder. Throws `adapter` while another adapter compacts it. */
  constructor(path: string) {
    this.path = path
    this.file = `${PREFIX}${randomId()}`
    writeFileSync(join(path, this.file), describeSelf())
    // Processes that ended without closing leave their files.
    this.listOthers()
    if (!isHeld(join(path, COMPACTING))) return
    this.leave()
    throw refusal('It is being compacted by another adapter. Try again when that has ended.')
  }

  /** Leaves the folder. */
  leave(): void {
    rmSync(join(this.path, this.file), { force: true })
  }

  /** Returns the files of others that are alive, and removes those of dead ones. */
  private listOthers(): string[] {
    return readdirSync(this.path)
      .filter(name => name.startsWith(PREFIX) && name !== this.file)
      .filter(name => isHeld(join(this.path, name)))
  }

  /** Runs a task that nobody else may have the folder open for. Throws `adapter` if others have. */
  async runAlone<R>(task: () => Promise<R>): Promise<R> {
    const mark = join(this.path, COMPACTING)
    if (isHeld(mark)) throw refusal('It is being compacted already. Wait for that to end.')
    writeFileSync(mark, describeSelf())
    try {
      if (this.listOthers().length > 0) {
        throw refusal('Another adapter or process has it open. Close that one first.')
      }
      return await task()
    } finally {
      rmSync(mark, { force: true })
    }
  }
}

const describeSelf = (): string => JSON.stringify([hostname(), process.pid])

/** Whether the process that wrote this file is alive. Removes the file of a dead one; one of another host counts. */
function isHeld(file: string): boolean {
  if (!existsSync(file)) return false
  try {
    const [host, pid] = JSON.parse(readFileSync(file, 'utf8')) as [string, number]
    if (host !== hostname()) return true
    process.kill(pid, 0)
    return true
  } catch (error) {
    const { code } = error as { code?: string }
    // A process of another user.
    if (code === 'EPERM') return true
    rmSync(file, { force: true })
    return false
  }
}

function refusal(reason: string): CowslipError<'adapter'> {
  return new CowslipError('adapter', `Expected to have the LMDB folder alone. ${reason}`, {
    reason,
  })
}
