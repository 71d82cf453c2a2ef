// A replica set of three members whose primary is ended by kill -9 again and again, under writers of shared documents:
// nothing acknowledged may be lost, nothing may be there twice, and every handle must be usable afterwards.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createCollection, CowslipError, transaction, type DocumentStore } from 'cowslip'
import { mongodbAdapter } from 'cowslip/mongodb'
import { MongoClient } from 'mongodb'
import { MongoBinary } from 'mongodb-memory-server-core'
import { Random } from '../properties/random.ts'
// @ts-expect-error plain JavaScript, run as it is
import { findBinary } from '../support/mongod.mjs'

/** How a storm goes. */
export interface StormOptions {
  readonly seconds: number
  /** The time between two kills, in milliseconds. */
  readonly everyMS: number
  readonly writers: number
  readonly seed: number
}

/** What a storm has done. */
export interface StormReport {
  readonly kills: number
  readonly acknowledged: number
  /** Edits whose outcome nobody knows, and how many of them are stored. */
  readonly unknown: number
  readonly unknownStored: number
  /** Other ends of edits, by code. */
  readonly failed: Readonly<Record<string, number>>
  readonly lost: number
  readonly twice: number
  /** Handles that could not edit after the storm, or show something else than what is stored. */
  readonly broken: number
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Three members on loopback that can be killed and started again. */
class ReplicaSet {
  readonly url: string
  private readonly binary: string

  private readonly folder: string
  private readonly processes = new Map<number, ChildProcess>()

  private constructor(binary: string, ports: readonly number[], folder: string) {
    this.binary = binary

    this.folder = folder
    const hosts = ports.map(port => `127.0.0.1:${port}`).join(',')
    this.url = `mongodb://${hosts}/?replicaSet=storm`
    process.on('exit', () => this.stop())
  }

  static async start(): Promise<ReplicaSet> {
    const binary = (findBinary() as string | null) ?? (await MongoBinary.getPath())
    mkdirSync('build', { recursive: true })
    const folder = mkdtempSync(join('build', 'storm-'))
    const ports = [await freePort(), await freePort(), await freePort()]
    const set = new ReplicaSet(binary, ports, folder)
    for (const port of ports) set.startMember(port)
    try {
      await set.initiate(ports)
    } catch (error) {
      set.stop()
      throw error
    }
    return set
  }

  private async initiate(ports: readonly number[]): Promise<void> {
    const clients = ports.map(
      port => new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`),
    )
    // Each must answer before one of them asks the others.
    await Promise.all(clients.map(client => client.db('admin').command({ ping: 1 })))
    const members = ports.map((port, _id) => ({ _id, host: `127.0.0.1:${port}` }))
    const settings = { electionTimeoutMillis: 1_000, heartbeatIntervalMillis: 300 }
    const replSetInitiate = { _id: 'storm', members, settings }
    await clients[0]?.db('admin').command({ replSetInitiate })
    await Promise.all(clients.map(client => client.close()))
  }

  private startMember(port: number): void {
    const path = join(this.folder, String(port))
    mkdirSync(path, { recursive: true })
    const args = ['--replSet', 'storm', '--port', String(port), '--dbpath', path]
    const more = ['--bind_ip', '127.0.0.1', '--wiredTigerCacheSizeGB', '0.25', '--quiet']
    this.processes.set(port, spawn(this.binary, [...args, ...more], { stdio: 'ignore' }))
  }

  /** Ends the primary by kill -9, and starts it again. Returns whether there was one. */
  async killPrimary(client: MongoClient): Promise<boolean> {
    const { primary } = await client
      .db('admin')
      .command({ hello: 1 })
      .catch(() => ({ primary: null }))
    const port = Number(String(primary).split(':')[1])
    const member = this.processes.get(port)
    if (member === undefined) return false
    const ended = new Promise(resolve => member.once('exit', resolve))
    member.kill('SIGKILL')
    await ended
    await pause(200)
    this.startMember(port)
    return true
  }

  stop(): void {
    for (const member of this.processes.values()) member.kill('SIGKILL')
    this.processes.clear()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

interface Log {
  readonly _id: string
  log: string[]
  n: number
}

/** Runs a storm. */
export async function runStorm({
  seconds,
  everyMS,
  writers,
  seed,
}: StormOptions): Promise<StormReport> {
  const set = await ReplicaSet.start()
  const random = new Random(seed)
  const clients = await Promise.all(
    [0, 1, 2].map(() => new MongoClient(set.url, { w: 'majority' }).connect()),
  )
  const [admin] = clients as [MongoClient]
  try {
    const open = (i: number, concurrency: 'version' | 'fields') => {
      const db = (clients[i % clients.length] as MongoClient).db('storm')
      return createCollection<Log>('logs', {
        adapter: mongodbAdapter(db, { ring: 16 }),
        concurrency,
      })
    }
    const ids = Array.from({ length: 8 }, (_, i) => `log${i}`)
    const first = open(0, 'version')
    for (const _id of ids) await first.insert({ _id, log: [], n: 0 })

    const acknowledged = new Map<string, string>()
    const unknown = new Map<string, string>()
    const failed: Record<string, number> = {}
    const handles: DocumentStore<Log>[] = []
    let isOver = false
    let made = 0
    const write = async (i: number): Promise<void> => {
      const docs = open(i, i % 3 === 0 ? 'fields' : 'version')
      const held = (await docs.getMany(ids)) as DocumentStore<Log>[]
      handles.push(...held)
      while (!isOver) {
        const entry = `${i}-${made++}`
        const doc = random.pick(held)
        const push = (draft: any): void => void (draft.log.push(entry), draft.n++)
        const isInTransaction = random.below(10) === 0
        const work = isInTransaction ? transaction(tx => tx.edit(doc, push)) : doc.edit(push)
        await work.then(
          () => acknowledged.set(entry, doc.id),
          (error: unknown) => {
            if (!(error instanceof CowslipError)) throw error
            if (error.code === 'unknown') unknown.set(entry, doc.id)
            else failed[error.code] = (failed[error.code] ?? 0) + 1
          },
        )
        await pause(random.below(10))
      }
    }
    const working = Promise.all(Array.from({ length: writers }, (_, i) => write(i)))
    let kills = 0
    for (const end = Date.now() + seconds * 1_000; Date.now() < end;) {
      await pause(everyMS)
      if (await set.killPrimary(admin)) kills++
    }
    isOver = true
    await working

    let broken = 0
    const stored = new Map<string, readonly string[]>()
    for (const doc of handles) {
      const isUsable = await doc
        .edit(draft => void draft.n++)
        .then(
          () => true,
          () => false,
        )
      if (!isUsable) broken++
    }
    const fresh = open(1, 'version')
    for (const id of ids) stored.set(id, (await fresh.get(id))?.state.log ?? [])
    for (const doc of handles) {
      await doc.reload()
      if (doc.state.log.join() !== stored.get(doc.id)?.join()) broken++
    }
    const has = ([entry, id]: [string, string]): boolean => stored.get(id)?.includes(entry) === true
    const twice = [...stored.values()].map(log => log.length - new Set(log).size)
    return {
      kills,
      acknowledged: acknowledged.size,
      unknown: unknown.size,
      unknownStored: [...unknown].filter(has).length,
      failed,
      lost: [...acknowledged].filter(entry => !has(entry)).length,
      twice: twice.reduce((sum, count) => sum + count, 0),
      broken,
    }
  } finally {
    await Promise.all(clients.map(client => client.close()))
    set.stop()
  }
}
