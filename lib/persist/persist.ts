// Keeps a plain store in a browser's storage. The record in the storage is the judge: a tab writes only against the record that
// it has read last, one tab at a time; who is behind takes in what others wrote first, as a change from elsewhere that stands
// beside its own, and undo leaves it alone.
//
//   edit -> wait `debounceMS` -> lock { read record -> written by others? take the difference in -> write } -> tell other tabs
//   another tab tells -> lock { read record -> take the difference in }
import { apply } from '../changes/apply.ts'
import { rebaseOrThrow } from '../changes/conflicts.ts'
import { randomId } from '../changes/random-id.ts'
import { diffSnapshots } from '../changes/diff/diff.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import { checkFunction, checkKnownOptions } from '../document/messages/check-options.ts'
import type { StoreRules } from '../draft/strict/store-scope.ts'
import type { Prepared } from '../store/edits/prepare.ts'
import { storePartsOf, type StoreParts } from '../store/light/light-store.ts'
import { isNewer, readRecord, writeRecord, type Migration } from './record.ts'
import { openStorage, type PersistStorage, type TextStorage } from './storages.ts'

/** Options of {@link persist}. */
export interface PersistOptions {
  /** The name of the record. */
  readonly key: string
  /** `localStorage`, `sessionStorage`, `indexedDB`, or anything with `getItem` and `setItem`. */
  readonly storage: PersistStorage
  /** Functions that bring a state of each older shape on to the next; their number is that of the shape now. */
  readonly versions?: readonly Migration[]
  /** The time that edits are gathered before they are written, in milliseconds; 100 by default. */
  readonly debounceMS?: number
  /**
   * Called with an error of the storage, and with `unreadable` for a record that this program cannot read; `kept` is the key
   * under which its text was kept. Default: the console.
   */
  readonly onError?: (error: unknown, kept: string | null) => void
}

/** A store that is kept. */
export interface Persisted {
  /** Resolves when the record was read, and the store shows it. */
  readonly ready: Promise<void>
  /** Writes what is not written yet, and takes in what others wrote. */
  flush(): Promise<void>
  /** Flushes, and keeps the store no longer. */
  stop(): Promise<void>
}

interface Watched {
  readonly state: object
  subscribe(listener: () => unknown): () => void
}

/**
 * Keeps a store of `cowslip` or `cowslip/light` in a storage: what is stored there is shown once it is read, edits are written
 * soon after, and when the page is hidden. Several tabs take each other's changes in, as changes from elsewhere; where both
 * wrote the same place, the one that writes later stands. A record of an older shape is brought on by `versions`; it, and one
 * that cannot be read, is kept aside and told; one of a newer program is left alone, and nothing is written. With storages whose
 * answers are promises, what is younger than `debounceMS` may be lost with the page. Throws `bad-argument`.
 *
 * @example
 * import { createStore } from 'cowslip'
 * import { persist } from 'cowslip/persist'
 * const texts = new Map()
 * const storage = { getItem: key => texts.get(key) ?? null, setItem: (key, text) => texts.set(key, text) }
 * const store = createStore({ n: 1 })
 * const kept = persist(store, { key: 'counter', storage })
 * await kept.ready
 * store.edit(draft => { draft.n = 2 })
 * await kept.stop()
 * const again = createStore({ n: 1 })
 * await persist(again, { key: 'counter', storage }).ready
 * again.state // { n: 2 }
 */
export function persist(store: Watched, options: PersistOptions): Persisted {
  checkKnownOptions(options, ['key', 'storage', 'versions', 'debounceMS', 'onError'])
  const { key, versions = [], debounceMS = 100, onError = tellConsole } = options
  if (typeof key !== 'string' || key === '') throw badArgumentError('key', 'a text', key)
  if (!Array.isArray(versions)) throw badArgumentError('versions', 'a list of functions', versions)
  for (const version of versions) checkFunction('versions', version)
  if (!(debounceMS >= 0)) throw badArgumentError('debounceMS', 'a number', debounceMS)
  checkFunction('onError', onError)
  const parts = storePartsOf(store)
  if (parts === null) throw badArgumentError('store', 'a store of `createStore`', store)
  const keeper = new Keeper(parts, key, openStorage(options.storage), versions, debounceMS, onError)
  const unsubscribe = store.subscribe(() => keeper.noteEdit())
  return {
    ready: keeper.start(),
    flush: () => keeper.sync(),
    stop: async () => {
      unsubscribe()
      await keeper.stop()
    },
  }
}

function tellConsole(error: unknown): void {
  console.error(error)
}

/** Whether a storage answers later; its promises may be of a class of its own. */
const isThenable = <R>(value: R | PromiseLike<R>): value is PromiseLike<R> =>
  typeof (value as PromiseLike<R> | null | undefined)?.then === 'function'

/** The tasks under way by record, one after another, where there are no locks. */
const turns = new Map<string, Promise<void>>()

/** Keeps one store: see the head of this file. */
class Keeper {
  private readonly parts: StoreParts
  private readonly key: string
  private readonly storage: TextStorage
  private readonly migrations: readonly Migration[]
  private readonly debounceMS: number
  private readonly onError: (error: unknown, kept: string | null) => void
  private readonly rules: StoreRules
  /** The state of the record that was read or written last, and the id of that write. */
  private synced: object
  private seen: string | null = null
  /** Whether the record is to be written, although nothing was edited: it has an older shape, or cannot be read. */
  private mustWrite = false
  /** Whether a record was found that must not be written over. */
  private isRefused = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private channel: BroadcastChannel | null = null
  private readonly onHide = (event: Event): void => {
    const { visibilityState } = globalThis.document ?? {}
    // A tab that was asleep takes in what others wrote.
    if (event.type === 'visibilitychange' && visibilityState === 'visible') void this.sync()
    else this.syncNow()
  }

  constructor(
    parts: StoreParts,
    key: string,
    storage: TextStorage,
    migrations: readonly Migration[],
    debounceMS: number,
    onError: (error: unknown, kept: string | null) => void,
  ) {
    this.parts = parts
    this.key = key
    this.storage = storage
    this.migrations = migrations
    this.debounceMS = debounceMS
    this.onError = onError
    this.rules = parts.state.rules
    this.synced = parts.state.state as object
  }

  async start(): Promise<void> {
    if (typeof BroadcastChannel === 'function') {
      this.channel = new BroadcastChannel(`cowslip:${this.key}`)
      this.channel.onmessage = () => void this.sync()
      // Node waits for an open channel.
      ;(this.channel as { unref?: () => void }).unref?.()
    }
    if (typeof addEventListener === 'function') {
      addEventListener('pagehide', this.onHide)
      addEventListener('visibilitychange', this.onHide)
    }
    await this.sync()
  }

  noteEdit(): void {
    if (this.parts.state.state === this.synced) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.sync(), this.debounceMS)
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer)
    if (typeof removeEventListener === 'function') {
      removeEventListener('pagehide', this.onHide)
      removeEventListener('visibilitychange', this.onHide)
    }
    await this.sync()
    clearTimeout(this.timer)
    this.channel?.close()
    this.channel = null
  }

  /** Takes in what others wrote, and writes what is new here. Never rejects: `onError` is told. */
  sync(): Promise<void> {
    clearTimeout(this.timer)
    const work = async (): Promise<void> => {
      const found = this.storage.getItem(this.key)
      // Nothing comes between the record that was read and the next one, where the storage answers at once.
      await this.write(isThenable(found) ? await found : found)
    }
    return this.inTurn(work).catch((error: unknown) => this.onError(error, null))
  }

  /** Does the same at once, where the storage answers at once: the page may be gone in a moment. */
  private syncNow(): void {
    if (this.parts.state.state === this.synced) return
    try {
      const text = this.storage.getItem(this.key)
      if (isThenable(text)) return void this.sync()
      this.write(text)?.catch(error => this.onError(error, null))
    } catch (error) {
      this.onError(error, null)
    }
  }

  /** Takes in the record that was read, and writes the next one, if there is anything new. */
  private write(text: string | null | undefined): Promise<void> | undefined {
    const aside = this.takeIn(text)
    const kept = aside === null ? null : this.storage.setItem(aside.key, aside.text)
    const { state } = this.parts.state as { state: object }
    if (this.isRefused || (state === this.synced && !this.mustWrite)) return undefined
    const id = randomId()
    const next = writeRecord(state, id, this.migrations.length, this.rules)
    const put = (): unknown => this.storage.setItem(this.key, next)
    const putting = isThenable(kept) ? Promise.resolve(kept).then(put) : put()
    if (isThenable(putting)) {
      return Promise.resolve(putting).then(() => this.noteWritten(state, id))
    }
    this.noteWritten(state, id)
    return undefined
  }

  /** Runs one task of this record at a time: of all tabs where there are locks, else of this program. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const name = `cowslip:${this.key}`
    const { locks } = (globalThis.navigator ?? {}) as { locks?: LockManager }
    if (locks !== undefined) return locks.request(name, work)
    const turn = (turns.get(name) ?? Promise.resolve()).then(work)
    turns.set(
      name,
      turn.catch(() => {}),
    )
    return turn
  }

  /** Takes in a record that others wrote. Returns a text that is to be kept aside; null: there is none. */
  private takeIn(text: string | null | undefined): { key: string; text: string } | null {
    if (text === null || text === undefined) return null
    const { key, migrations, rules } = this
    let record
    try {
      record = readRecord(text, key, migrations, rules)
    } catch (error) {
      if (isNewer(text, migrations.length)) {
        this.onErrorOnce(error)
        return null
      }
      const kept = `${key}.kept-${Date.now()}`
      this.onError(error, kept)
      this.mustWrite = true
      return { key: kept, text }
    }
    this.isRefused = false
    if (record.id === this.seen) return null
    this.merge(record.state)
    this.seen = record.id
    if (!record.wasOlder) return null
    this.mustWrite = true
    return { key: `${key}.before-${migrations.length}`, text }
  }

  /** A newer program's record is told once, and nothing is written while it is there. */
  private onErrorOnce(error: unknown): void {
    if (!this.isRefused) this.onError(error, null)
    this.isRefused = true
  }

  /** Moves the store to a state that others wrote, with what was edited here since on top of it. */
  private merge(theirs: object): void {
    const { synced, rules, parts } = this
    const before = parts.state.state as object
    const own = diffSnapshots(synced, before, rules)
    const given = diffSnapshots(synced, theirs, rules)
    // Without edits of here the store shows the record.
    let shown = own === null ? before : theirs
    if (given !== null) {
      const prepare = (): Prepared => {
        // `theirs` are the edits of here: they stand where the two clash.
        const op =
          own === null
            ? given.op
            : rebaseOrThrow(given.op, own.op, rules.leaves, { resolve: 'theirs' })
        if (op === null) return null
        const next = apply(before, op) as object
        if (own === null) shown = next
        return { op, next }
      }
      parts.save(prepare, {}, { origin: 'remote' })
    }
    this.synced = shown
  }

  private noteWritten(state: object, id: string): void {
    this.seen = id
    this.synced = state
    this.mustWrite = false
    this.channel?.postMessage(null)
    // What was edited while it was written.
    this.noteEdit()
  }
}
