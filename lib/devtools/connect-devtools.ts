// Shows the change sets of a store or a document in the Redux DevTools, by the protocol of their browser extension: a step for
// each change set, jumps to earlier states, import and export, and `undo` and `redo` by dispatch.
import { apply } from '../changes/apply.ts'
import { describe } from '../changes/describe.ts'
import { diffSnapshots } from '../changes/diff/diff.ts'
import type { ChangeSet } from '../changes/light-change-set.ts'
import { isObject, isPlainObject } from '../document/containers.ts'
import { ingest } from '../document/ingest.ts'
import { checkKnownOptions } from '../document/messages/check-options.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import { storePartsOf } from '../store/light/light-store.ts'

/** A store, or a live document. */
export interface DevtoolsTarget {
  readonly state: object
  subscribe(
    listener: (change: ChangeSet, snapshots: { readonly state: object }) => unknown,
  ): () => void
  undo?(): unknown
  redo?(): unknown
}

/** Options of {@link connectDevtools}. */
export interface DevtoolsOptions {
  /** The name that the tools show; `cowslip` by default. */
  readonly name?: string
}

/** A connection of the extension, as far as it is used. */
interface Connection {
  init(state: unknown): void
  send(action: { readonly type: string }, state: unknown): void
  subscribe(listener: (message: Message) => void): (() => void) | undefined
  error?(text: string): void
}

/** An order of the extension's buttons. */
interface Order {
  readonly type?: string
  readonly actionId?: number
  readonly index?: number
  readonly status?: boolean
  readonly nextLiftedState?: {
    readonly computedStates?: readonly { readonly state?: unknown }[]
    readonly currentStateIndex?: number
  }
}

/** A message of the extension; the payload of an action is its text. */
interface Message {
  readonly type: string
  readonly state?: string
  readonly payload?: Order | string
}

/** The number of states that jumps lead back to. */
const MAX_STATES = 500

/**
 * Shows the change sets of a store or a document in the Redux DevTools: each is a step, named by its label or by what it touched,
 * with its lines in words. A jump moves a store as a change from elsewhere, which undo leaves alone; a document does not move, as
 * its state is what is stored. The actions `{ "type": "undo" }` and `{ "type": "redo" }` do so for both. Returns a function that
 * ends it. Does nothing where there is no extension. Throws `bad-argument`.
 */
export function connectDevtools(target: DevtoolsTarget, options: DevtoolsOptions = {}): () => void {
  checkKnownOptions(options, ['name'])
  if (typeof Object(target).subscribe !== 'function') {
    throw badArgumentError('target', 'a store or a document', target)
  }
  const { name = 'cowslip' } = options
  const { __REDUX_DEVTOOLS_EXTENSION__: extension } = globalThis as {
    __REDUX_DEVTOOLS_EXTENSION__?: { connect(options: object): Connection }
  }
  if (extension === undefined) return () => {}
  const connection = extension.connect({ name, features: FEATURES })
  const bridge = new Bridge(target, connection)
  return bridge.start()
}

/** The buttons that the tools offer. */
const FEATURES = { pause: true, export: true, import: 'custom', jump: true, dispatch: true }

/** One target in the tools. */
class Bridge {
  private readonly target: DevtoolsTarget
  private readonly connection: Connection
  /** The state after each step, by the number that the tools give it. */
  private states = new Map<number, object>()
  private next = 0
  private isPaused = false
  /** Whether a change comes from the tools, which know it already. */
  private isJumping = false

  constructor(target: DevtoolsTarget, connection: Connection) {
    this.target = target
    this.connection = connection
  }

  start(): () => void {
    this.init()
    const stop = this.target.subscribe((change, { state }) => this.tell(change, state))
    const leave = this.connection.subscribe(message => {
      try {
        this.hear(message)
      } catch (error) {
        this.connection.error?.(String(error))
      }
    })
    return () => {
      stop()
      leave?.()
    }
  }

  private init(): void {
    this.states = new Map()
    this.next = 0
    this.keep(this.target.state)
    this.connection.init(this.target.state)
  }

  private keep(state: object): void {
    this.states.set(this.next++, state)
    this.states.delete(this.next - MAX_STATES - 1)
  }

  private tell(change: ChangeSet, state: object): void {
    if (this.isPaused || this.isJumping) return
    this.keep(state)
    const { label, touched, origin, version } = change
    const type = label ?? `${origin === 'local' ? '' : `${origin} `}${touched.join(', ')}`
    this.connection.send(
      { type, lines: describe(change), origin, version } as { type: string },
      state,
    )
  }

  private hear({ type, state, payload }: Message): void {
    if (type === 'ACTION') return this.dispatch(String(payload))
    if (type !== 'DISPATCH' || typeof payload !== 'object') return
    switch (payload.type) {
      case 'RESET':
        this.moveTo(this.states.get(0))
        return this.init()
      case 'COMMIT':
        return this.init()
      case 'ROLLBACK':
        this.moveTo(parse(state))
        return this.init()
      case 'JUMP_TO_STATE':
      case 'JUMP_TO_ACTION':
        // What was shown as JSON has lost its dates: the state itself is kept.
        return this.moveTo(
          this.states.get(Number(payload.actionId ?? payload.index)) ?? parse(state),
        )
      case 'IMPORT_STATE': {
        const { computedStates = [], currentStateIndex } = payload.nextLiftedState ?? {}
        this.moveTo(computedStates[currentStateIndex ?? computedStates.length - 1]?.state)
        return this.init()
      }
      case 'PAUSE_RECORDING':
        this.isPaused = payload.status === true
    }
  }

  private dispatch(text: string): void {
    const { type } = JSON.parse(text) as { type?: unknown }
    const { target } = this
    if (type === 'undo' && target.undo !== undefined) void target.undo()
    else if (type === 'redo' && target.redo !== undefined) void target.redo()
    else throw badArgumentError('action', '`{ "type": "undo" }` or `{ "type": "redo" }`', type)
  }

  private moveTo(given: unknown): void {
    const parts = storePartsOf(this.target)
    if (given === undefined) return
    if (!isObject(given) || !isPlainObject(given)) {
      throw badArgumentError('state', 'a plain object', given)
    }
    if (parts === null) throw badArgumentError('target', 'a store: a document does not jump', given)
    const { state, rules, ingestRules } = parts.state
    const next = ingest(given, ingestRules, () => []) as object
    const difference = diffSnapshots(state as object, next, rules)
    if (difference === null) return
    const { op } = difference
    this.isJumping = true
    try {
      const prepare = () => ({ op, next: apply(state, op) as object })
      parts.save(prepare, { label: 'devtools' }, { origin: 'remote' })
    } finally {
      this.isJumping = false
    }
  }
}

const parse = (text: string | undefined): unknown =>
  text === undefined ? undefined : (JSON.parse(text) as unknown)
