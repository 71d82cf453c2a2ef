// Random programs for the commit state machine: several handles of one document on a server that loses sends and
// replies, refuses poison, and shows what is stored. A model without queues says what must come of it.
import * as assert from 'uvu/assert'
import { apply } from '../../../lib/changes/apply.ts'
import { diffSnapshots } from '../../../lib/changes/diff/diff.ts'
import {
  CommitMachine,
  type Action,
  type Confirmed,
  type Layer,
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
}

interface Edit extends Layer {
  readonly name: string
}

/** The stored document, and the commits that were applied to it. */
class Server {
  stored: Confirmed
  readonly applied: string[] = ['first']

  constructor() {
    const state: State = Object.freeze({ n: 0, list: Object.freeze([]) })
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
}

/** A live document: a machine, and what it was told. */
class Handle {
  readonly machine: CommitMachine<Edit>
  readonly stored: string[] = []
  readonly failed: string[] = []
  readonly unknown: string[] = []
  /** Actions that wait for an answer. */
  readonly waiting: Action<Edit>[] = []

  constructor(server: Server, name: string) {
    let ids = 0
    this.machine = new CommitMachine<Edit>(server.stored, RULES, () => `${name}-${++ids}`)
  }

  do(actions: readonly Action<Edit>[]): void {
    for (const action of actions) {
      if (action.do === 'stored') this.stored.push(action.layer.name)
      else if (action.do === 'failed') {
        if (action.error === 'unknown') this.unknown.push(action.layer.name)
        else this.failed.push(action.layer.name)
      } else if (action.do === 'send' || action.do === 'load' || action.do === 'resolve') {
        this.waiting.push(action)
      }
    }
  }

  edit(name: string, isPoison: boolean, isAlone: boolean): void {
    const change = (base: object): Made => {
      const { n, list, ...rest } = base as State
      const next = {
        ...rest,
        n: n + 1,
        list: Object.freeze([...list, name]),
        ...(isPoison && { poison: name }),
      }
      const found = diffSnapshots(base, Object.freeze(next), RULES)
      return { op: found!.op, next: apply(base, found!.op) as object }
    }
    const layer: Edit = { name, remake: change, isAlone }
    this.do(this.machine.edit(layer, change(this.machine.head)))
  }

  /** Answers the action that waits longest. */
  answer(server: Server, random: Random): void {
    const action = this.waiting.shift()
    const { machine } = this
    if (action?.do === 'load') return this.do(machine.loaded(server.stored))
    if (action?.do !== 'send' && action?.do !== 'resolve') return
    const { update } = action
    // A lost send is not applied, a lost reply is.
    if (random.chance(0.1)) return this.lost(action)
    const outcome = server.commit(update)
    if (random.chance(0.15)) return this.lost(action)
    if (outcome === 'committed') return this.do(machine.committed(update.guard.version + 1))
    if (outcome === 'rejected') return this.do(machine.rejected('refused'))
    const isOurs = server.applied.includes(update.commitId)
    if (!isOurs) return this.do(machine.conflicted())
    const version = server.applied.indexOf(update.commitId) + 1
    this.do(machine.committed(version))
  }

  /** The first loss asks again; a second one may leave the outcome open. */
  private lost(action: Action<Edit>): void {
    const { machine } = this
    if (action.do === 'send') this.do(machine.unknown())
    else this.do(machine.unsettled('unknown'))
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
    if (random.chance(0.45)) handle.edit(`e${++edits}`, random.chance(0.08), random.chance(0.1))
    else if (random.chance(0.1)) handle.do(handle.machine.loaded(server.stored))
    else handle.answer(server, random)
  }
  // Everything that waits comes to an end; a document that is left unsettled is read.
  for (let round = 0; round < 2_000; round++) {
    const busy = handles.filter(({ waiting }) => waiting.length > 0)
    for (const handle of busy) handle.answer(server, random)
    if (busy.length > 0) continue
    const open = handles.filter(({ machine }) => machine.stage !== 'idle')
    if (open.length === 0) break
    for (const handle of open) handle.do(handle.machine.loaded(server.stored))
  }
  const { n, list } = server.stored.state as State
  const text = `seed ${seed}`
  assert.is(n, list.length, `${text}: the sum is exact`)
  assert.is(new Set(list).size, list.length, `${text}: nothing is applied twice`)
  for (const handle of handles) {
    assert.is(handle.machine.stage, 'idle', `${text}: it comes to rest`)
    assert.equal(handle.machine.layers, [], `${text}: nothing waits`)
    for (const name of handle.stored) assert.ok(list.includes(name), `${text}: ${name} is stored`)
    for (const name of handle.failed) assert.not(list.includes(name), `${text}: ${name} is not`)
    handle.do(handle.machine.loaded(server.stored))
    assert.equal(handle.machine.confirmed.state, server.stored.state, `${text}: all are equal`)
  }
  const all = handles.flatMap(handle => [...handle.stored, ...handle.failed, ...handle.unknown])
  assert.is(all.length, edits, `${text}: each edit has one outcome`)
  return { updates: server.applied.length - 1, edits }
}
