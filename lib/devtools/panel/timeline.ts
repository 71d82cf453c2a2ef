// What the panel shows: the change sets of a store or document in order, and what became of their commits. It knows nothing
// of the page.
import { describe } from '../../changes/describe.ts'
import { partsOf as partsOfChange, type ChangeSet } from '../../changes/light-change-set.ts'
import type { Op } from '../../changes/ops/ops.ts'
import { isObject, type Dictionary } from '../../document/containers.ts'
import { badArgumentError } from '../../document/messages/errors.ts'

/** A store, or a live document, as far as the panel uses it. */
export interface PanelTarget {
  readonly state: object
  readonly version: number
  readonly pending?: number
  readonly status?: string
  readonly canUndo?: boolean
  readonly canRedo?: boolean
  readonly history?: { readonly past: readonly { readonly version: number }[] }
  subscribe(listener: never): () => void
  on(type: never, listener: (event: never) => unknown): () => void
  undo?(): unknown
  redo?(): unknown
}

/** One line of the timeline. */
export interface TimelineEntry {
  /** The number of the entry, from 1. */
  readonly number: number
  /** `change`, or the type of another event. */
  readonly type: string
  /** The label of a change set, or the fields that it touched; for another event what it says. */
  readonly title: string
  /** `local`, `remote`, `undo` or `redo` for a change; else empty. */
  readonly origin: string
  readonly version: number
  /** The time, in milliseconds since 1970. */
  readonly at: number
  /** The ops in words. */
  readonly lines: readonly string[]
  /** The touched fields before and after, of objects within objects too; null for other events than changes. */
  readonly before: object | null
  readonly after: object | null
  /** The version of the last step that could be undone then; null: there was none. */
  readonly step: number | null
}

/** The number of entries that are kept. */
const MAX_ENTRIES = 500

/** An event of a store or document, whichever it is. */
interface AnyEvent {
  readonly change?: ChangeSet
  readonly state?: object
  readonly previous?: object
  readonly version?: number
  readonly current?: number
  readonly error?: unknown
  readonly touched?: readonly string[]
}

/** Events beside changes, with what they say. Not `error`: who listens to it keeps it from the console. */
const OTHERS: Readonly<Record<string, (event: AnyEvent) => string>> = {
  confirmed: ({ version }) => `stored as version ${version}`,
  conflict: ({ current }) =>
    `found another stored state${current === undefined ? '' : `, version ${current}`}; made again on it`,
  rejected: ({ error }) => `refused: ${textOf(error)}`,
  unknown: () => 'the outcome is not known; it is looked up before the next write',
  deleted: () => 'the document is deleted',
  rollback: ({ touched = [] }) => `an open edit was discarded (${touched.join(', ')})`,
}

/** The events that only documents have. */
const OF_DOCUMENTS = ['confirmed', 'conflict', 'rejected', 'unknown', 'deleted']

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Listens to a store or document, and keeps its last 500 entries. */
export class Timeline {
  readonly target: PanelTarget
  entries: readonly TimelineEntry[] = []
  private readonly onMove: () => void
  private readonly stops: (() => void)[]
  private count = 0

  /** Begins to listen; `onMove` is called after each event. Throws `bad-argument`. */
  constructor(target: unknown, onMove: () => void) {
    const { on, subscribe, state } = Object(target) as Partial<PanelTarget>
    const isStore = typeof on === 'function' && typeof subscribe === 'function'
    if (!isStore || typeof state !== 'object' || state === null) {
      throw badArgumentError('target', 'a store or a document', target)
    }
    this.target = target as PanelTarget
    this.onMove = onMove
    const isDocument = this.target.status !== undefined
    const types = ['change', ...Object.keys(OTHERS)].filter(
      type => isDocument || !OF_DOCUMENTS.includes(type),
    )
    this.stops = types.map(type =>
      this.target.on(type as never, (event: never) => this.add(type, event)),
    )
  }

  /** Ends to listen. */
  stop(): void {
    for (const stop of this.stops) stop()
  }

  /** Removes all entries; the history stays. */
  clear(): void {
    this.entries = []
    this.onMove()
  }

  /**
   * The number of steps to undo so that the last own edit is the one that it was after an entry; 0: it is, or undoing does
   * not lead there, for that edit was undone since.
   */
  stepsSince({ step }: TimelineEntry): number {
    const past = this.target.history?.past ?? []
    const at = past.findIndex(({ version }) => version === step)
    return at < 0 ? 0 : past.length - 1 - at
  }

  /** Undoes own edits, one after the other, until the last one is that of an entry. Rejects as `undo` does. */
  async undoTo(entry: TimelineEntry): Promise<void> {
    for (let steps = this.stepsSince(entry); steps > 0; steps--) await this.target.undo?.()
  }

  private add(type: string, event: AnyEvent): void {
    const { change } = event
    const entry = { number: ++this.count, type, at: Date.now(), ...partsOf(type, event) }
    // The store may have moved on since.
    const version = change?.version ?? event.version ?? this.target.version
    const step = this.target.history?.past.at(-1)?.version ?? null
    this.entries = [...this.entries, { ...entry, version, step }].slice(-MAX_ENTRIES)
    this.onMove()
  }
}

function partsOf(
  type: string,
  event: AnyEvent,
): Pick<TimelineEntry, 'title' | 'origin' | 'lines' | 'before' | 'after'> {
  const { change, state = {}, previous = {} } = event
  if (change === undefined) {
    return {
      title: OTHERS[type]?.(event) ?? type,
      origin: '',
      lines: [],
      before: null,
      after: null,
    }
  }
  const { label, touched, origin } = change
  const { op } = partsOfChange(change)
  return {
    title: label ?? touched.join(', '),
    origin,
    lines: describe(change),
    before: pick(previous, op) as object,
    after: pick(state, op) as object,
  }
}

/** Returns the part of a value that an op is about: objects with the fields that it touches, and all else whole. */
function pick(value: unknown, op: Op): unknown {
  if (op.kind !== 'object' || !isObject(value)) return value
  const entries = [...op.keys].filter(([key]) => Object.hasOwn(value, key))
  return Object.fromEntries(
    entries.map(([key, below]) => [key, pick((value as Dictionary)[key], below)]),
  )
}
