// Random programs for the commit state machine: several handles of one document on a server that loses sends and
// replies, refuses poison, and shows what is stored. A model without queues says what must come of it.
import * as assert from 'uvu/assert'
import { apply } from '../../../lib/changes/apply.ts'
import { rebaseOrThrow } from '../../../lib/changes/conflicts.ts'
import { diffSnapshots } from '../../../lib/changes/diff/diff.ts'
import { EMPTY_OP } from '../../../lib/changes/ops/ops.ts'
import {
  CommitMachine,
  type Confirmed,
  type Layer,
  type LayerOutcome,
  type Made,
  type Update,
} from '../../../lib/collection/pipeline/commit-machine.ts'
import { defaultLeaves } from '../../../lib/document/leaves/leaves.ts'
import { Random } from '../../properties/random.ts'

const RULES = { leaves: defaultLeaves, inMemory: false }

interface State {
  readonly n: number
  readonly list: readonly string[]
  readonly poison?: string
  readonly flag?: boolean
  readonly log: readonly string[]
}

interface Edit extends Layer {
  readonly name: string
}

/** The stored document, and the commits that were applied to it. */
class Server {
  stored: Confirmed
  readonly applied: string[] = ['first']

  constructor() {
    const state: State = Object.freeze({ n: 0, list: Object.freeze([]), log: Object.freeze([]) })
    this.stored = { state, version: 1, commitId: 'first' }
  }

  /** Applies an update under its guard, as an adapter does. */
  commit({ commitId, next, guard }: Update<Edit>): 'committed' | 'conflict' | 'rejected' {
    const { version } = this.stored
    if (guard.version !== version || guard.commitId !== this.stored.commitId) return 'conflict'
    if ((next as State).poison !== undefined) return 'rejected'
    this.stored = { state: next, version: version + 1, commitId }
    this.applied.push(commitId)
    return 'committed'
  }

  /** Settles an update of unknown outcome: one that was not applied is sent again. */
  resolve(update: Update<Edit>): void {
    if (!this.applied.includes(update.commitId)) this.commit(update)
  }
}

/** A live document: a machine with its turns at the server, and what it was told. */
class Handle {
  readonly machine: CommitMachine<Edit>
  readonly stored: string[] = []
  readonly failed: string[] = []
  readonly unknown: string[] = []
  /** Edits that were stored as nothing, because the flag was up already. */
  readonly nothing: string[] = []
  /** The update that is on its way. */
  private sent: Update<Edit> | null = null
  /** The update of unknown outcome. */
  private unsettled: Update<Edit> | null = null

  constructor(server: Server, name: string) {
    let ids = 0
    this.machine = new CommitMachine<Edit>(server.stored, RULES, () => `${name}-${++ids}`)
  }

  get isIdle(): boolean {
    return this.machine.size === 0 && this.machine.stage === 'idle'
  }

  note(outcomes: readonly LayerOutcome<Edit>[]): void {
    for (const outcome of outcomes) {
      const { name } = outcome.layer
      if (outcome.isStored) {
        ;(outcome.made.op.keys.size === 0 ? this.nothing : this.stored).push(name)
      } else if (outcome.error === 'unknown') this.unknown.push(name)
      else this.failed.push(name)
    }
  }

  edit(name: string, isPoison: boolean, isAlone: boolean): void {
    this.add(name, isAlone, ({ n, list, ...rest }) => {
      const poison = isPoison && { poison: name }
      return { ...rest, n: n + 1, list: Object.freeze([...list, name]), ...poison }
    })
  }

  /** Raises a flag; there is nothing to do where it is up. */
  raise(name: string, isPoison: boolean): void {
    this.add(name, false, state => ({ ...state, flag: true, ...(isPoison && { poison: name }) }))
  }

  /** Adds to the log by ops that are rebased, not made again. */
  record(name: string): void {
    const { machine } = this
    const { head } = machine
    const log = Object.freeze([...(head as State).log, name])
    const { op } = diffSnapshots(head, Object.freeze({ ...head, log }), RULES) as Made
    const remake: Layer['remake'] = (base, made, over) => {
      const theirs = over()
      const ours = theirs === null ? made.op : rebaseOrThrow(made.op, theirs, RULES.leaves, {})
      return ours && { op: ours, next: apply(base, ours) as object }
    }
    machine.edit({ name, remake }, { op, next: apply(head, op) as object })
  }

  private add(name: string, isAlone: boolean, change: (state: State) => State): void {
    const { machine } = this
    const remake = (base: object): Made | null => {
      const found = diffSnapshots(base, Object.freeze(change(base as State)), RULES)
      return found && { op: found.op, next: apply(base, found.op) as object }
    }
    const made = remake(machine.head) ?? { op: EMPTY_OP, next: machine.head }
    machine.edit({ name, remake, isAlone }, made)
  }

  /** Takes one step at the server: sends, takes in an answer, loads, or settles. */
  step(server: Server, random: Random): void {
    const { machine, sent, unsettled } = this
    if (machine.stage === 'loading') return this.note(machine.loaded(server.stored))
    if (unsettled !== null) {
      // A second loss leaves the outcome open: what waits fails with it.
      if (random.chance(0.3)) return this.note(machine.failAll('unknown'))
      server.resolve(unsettled)
      this.unsettled = null
      return this.note(machine.loaded(server.stored))
    }
    if (sent === null) {
      this.sent = machine.next()
      return
    }
    this.sent = null
    if (sent.op.keys.size === 0) return this.note(machine.committed(sent.guard))
    // A lost send is not applied, or later; a lost reply is.
    const outcome = random.chance(0.1) ? 'lost' : server.commit(sent)
    if (outcome === 'lost' || random.chance(0.15)) {
      this.unsettled = sent
      return this.note(machine.unknown('unknown'))
    }
    const { commitId } = sent
    if (outcome === 'conflict') machine.conflicted()
    else if (outcome === 'rejected') this.note(machine.rejected('refused'))
    else this.note(machine.committed({ version: sent.guard.version + 1, commitId }))
  }

  /** Takes back a layer that waits. */
  abort(random: Random): void {
    const { layers } = this.machine
    if (layers.length > 0) this.note(this.machine.abort(random.pick(layers), 'aborted'))
  }
}

/** Runs one program. Throws if an edit is lost, applied twice, or a handle ends elsewhere than the server. */
export function checkMachine(seed: number): { updates: number; edits: number } {
  const random = new Random(seed)
  const server = new Server()
  const handles = Array.from({ length: 1 + random.below(3) }, (_, i) => new Handle(server, `h${i}`))
  let edits = 0
  for (let step = 0; step < 60; step++) {
    const handle = random.pick(handles)
    if (random.chance(0.35)) handle.edit(`e${edits}`, random.chance(0.08), random.chance(0.1))
    else if (random.chance(0.2)) handle.record(`g${edits}`)
    else if (random.chance(0.1)) handle.raise(`f${edits}`, random.chance(0.3))
    else {
      if (random.chance(0.05)) handle.abort(random)
      else if (random.chance(0.1)) handle.note(handle.machine.loaded(server.stored))
      else handle.step(server, random)
      continue
    }
    edits++
  }
  for (let round = 0; round < 2_000 && handles.some(({ isIdle }) => !isIdle); round++) {
    for (const handle of handles) handle.step(server, random)
  }
  const { n, list, flag, log } = server.stored.state as State
  const text = `seed ${seed}`
  assert.is(n, list.length, `${text}: the sum is exact`)
  assert.is(new Set(list).size, list.length, `${text}: nothing is applied twice`)
  assert.is(new Set(log).size, log.length, `${text}: nothing recorded is applied twice`)
  const isStored = (name: string): boolean | undefined =>
    name.startsWith('f') ? flag : (name.startsWith('g') ? log : list).includes(name)
  for (const handle of handles) {
    assert.ok(handle.isIdle, `${text}: it comes to rest`)
    for (const name of [...handle.stored, ...handle.nothing]) {
      assert.ok(isStored(name), `${text}: ${name} is stored`)
    }
    for (const name of handle.failed)
      assert.not([...list, ...log].includes(name), `${text}: ${name} is not`)
    handle.note(handle.machine.loaded(server.stored))
    assert.equal(handle.machine.head, server.stored.state, `${text}: all are equal`)
  }
  const all = handles.flatMap(handle => [
    ...handle.stored,
    ...handle.nothing,
    ...handle.failed,
    ...handle.unknown,
  ])
  assert.is(all.length, edits, `${text}: each edit has one outcome`)
  return { updates: server.applied.length - 1, edits }
}
