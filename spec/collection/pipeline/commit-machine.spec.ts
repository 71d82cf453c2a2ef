// The commit state machine, state by state: what it is told, and the actions it gives.
import * as assert from 'uvu/assert'
import {
  CommitMachine,
  type Action,
  type Layer,
  type Made,
} from '../../../lib/collection/pipeline/commit-machine.ts'
import { apply } from '../../../lib/changes/apply.ts'
import { diffSnapshots } from '../../../lib/changes/diff/diff.ts'
import { defaultLeaves } from '../../../lib/document/leaves/leaves.ts'
import { ConflictError } from '../../../lib/document/messages/errors.ts'
import { suite } from '../../support/suite.ts'
import { checkMachine } from './machine-programs.ts'

const test = suite('the commit state machine')

const RULES = { leaves: defaultLeaves, inMemory: false }

interface Named extends Layer {
  readonly name: string
}

/** A document of counters. */
type State = Readonly<Record<string, number>>

/** An edit that changes the state by a function, which may throw. */
function made(base: object, change: (state: State) => State): Made | null {
  const next = Object.freeze(change(base as State))
  const found = diffSnapshots(base, next, RULES)
  return found && { op: found.op, next: apply(base, found.op) as object }
}

class Handle {
  readonly machine: CommitMachine<Named>
  private ids = 0

  constructor(state: State = { n: 0 }, version = 1) {
    const confirmed = { state: Object.freeze(state), version, commitId: 'first' }
    this.machine = new CommitMachine<Named>(confirmed, RULES, () => `c${++this.ids}`)
  }

  /** Edits by a recipe. */
  edit(name: string, change: (state: State) => State, more: Partial<Layer> = {}): Action<Named>[] {
    const layer = { name, remake: (base: object) => made(base, change), ...more }
    return this.machine.edit(layer, made(this.machine.head, change) as Made)
  }

  add(name: string, key = 'n', more: Partial<Layer> = {}): Action<Named>[] {
    return this.edit(name, state => ({ ...state, [key]: (state[key] ?? 0) + 1 }), more)
  }
}

/** Actions in short: what is done, and the names of the layers. */
const told = (actions: readonly Action<Named>[]): string[] =>
  actions.map(action => {
    switch (action.do) {
      case 'send':
      case 'resolve':
      case 'landed':
        return `${action.do} ${action.update.layers.map(({ name }) => name).join('+')}`
      case 'stored':
        return `stored ${action.layer.name}${action.made === null ? ' (nothing)' : ''}`
      case 'failed':
        return `failed ${action.layer.name}: ${String(action.error)}${action.cause === undefined ? '' : ` after ${String(action.cause)}`}`
      default:
        return action.do
    }
  })

const stored = (state: State, version: number, commitId = 'theirs') => ({
  state,
  version,
  commitId,
})

test('an edit is sent at once, under the guard of the confirmed state', () => {
  const handle = new Handle()
  const actions = handle.add('a')
  assert.equal(told(actions), ['send a'])
  const [send] = actions
  assert.ok(send?.do === 'send')
  assert.equal([send.update.guard.version, send.update.guard.commitId], [1, 'first'])
  assert.equal(send.update.next, { n: 1 })
  assert.equal(told(handle.machine.committed(2)), ['stored a'])
  assert.equal(handle.machine.confirmed, { state: { n: 1 }, version: 2, commitId: 'c1' })
  assert.is(handle.machine.stage, 'idle')
})

test('edits that wait while one is under way are sent as one update', () => {
  const handle = new Handle()
  assert.equal(told(handle.add('a')), ['send a'])
  for (const name of ['b', 'c', 'd']) assert.equal(handle.add(name), [])
  assert.equal(handle.machine.head, { n: 4 })
  assert.equal(told(handle.machine.committed(2)), ['stored a', 'send b+c+d'])
  const done = handle.machine.committed(3)
  assert.equal(told(done), ['stored b', 'stored c', 'stored d'])
  assert.ok(done.every(action => action.do === 'stored' && action.confirmed.version === 3))
  assert.equal(handle.machine.confirmed.state, { n: 4 })
})

test('an edit that must be alone has an update of its own', () => {
  const handle = new Handle()
  handle.add('a')
  handle.add('b')
  handle.add('alone', 'n', { isAlone: true })
  handle.add('c')
  assert.equal(told(handle.machine.committed(2)), ['stored a', 'send b'])
  assert.equal(told(handle.machine.committed(3)), ['stored b', 'send alone'])
  assert.equal(told(handle.machine.committed(4)), ['stored alone', 'send c'])
})

test('edits that cancel one another are stored without an update', () => {
  const handle = new Handle()
  handle.add('a')
  handle.add('up')
  handle.edit('down', s => ({ ...s, n: (s.n as number) - 1 }))
  assert.equal(told(handle.machine.committed(2)), ['stored a', 'stored up', 'stored down'])
  assert.is(handle.machine.confirmed.version, 2)
})

test('after a conflict the document is loaded, and every layer made again on it', () => {
  const handle = new Handle()
  handle.add('a')
  handle.add('b')
  assert.equal(told(handle.machine.conflicted()), ['load'])
  assert.equal(handle.add('c'), [], 'nothing is sent before it is loaded')
  assert.equal(told(handle.machine.loaded(stored({ n: 10, m: 1 }, 5))), ['moved', 'send a+b+c'])
  assert.equal(handle.machine.head, { n: 13, m: 1 })
  assert.equal(told(handle.machine.committed(6)), ['stored a', 'stored b', 'stored c'])
})

test('a layer that fails on the newer state fails alone, with the others going on', () => {
  const handle = new Handle()
  handle.add('a')
  handle.edit('once', s => {
    if ((s.n as number) > 5) throw 'too many'
    return { ...s, m: 1 }
  })
  handle.add('c')
  handle.machine.conflicted()
  assert.equal(told(handle.machine.loaded(stored({ n: 9 }, 2))), [
    'moved',
    'failed once: too many',
    'send a+c',
  ])
  assert.equal(handle.machine.head, { n: 11 })
})

test('a layer with nothing left to do is stored as nothing', () => {
  const handle = new Handle()
  handle.edit('set', s => ({ ...s, n: 7 }))
  handle.machine.conflicted()
  assert.equal(told(handle.machine.loaded(stored({ n: 7 }, 2))), ['moved', 'stored set (nothing)'])
  assert.is(handle.machine.stage, 'idle')
})

test('recorded ops are rebased over what changed, and clash alone', () => {
  const handle = new Handle({ a: 1, b: 1 })
  const rebased = (name: string, key: string) => {
    const change = (s: State): State => ({ ...s, [key]: 5 })
    const remake: Layer['remake'] = (base, over) => {
      if (over()?.keys.has(key) === true) throw new ConflictError(`clash at ${key}`, [])
      return made(base, change)
    }
    return handle.machine.edit({ name, remake }, made(handle.machine.head, change) as Made)
  }
  rebased('one', 'a')
  rebased('two', 'b')
  handle.machine.conflicted()
  assert.equal(told(handle.machine.loaded(stored({ a: 2, b: 1 }, 2))), [
    'moved',
    'failed one: ConflictError: clash at a',
    'send two',
  ])
  assert.equal(handle.machine.head, { a: 2, b: 5 })
})

test('the culprit of a refused merged update is found by halves, and fails alone', () => {
  for (let culprit = 0; culprit < 16; culprit++) {
    const handle = new Handle()
    handle.add('first')
    for (let i = 0; i < 16; i++) handle.add(`e${i}`, i === culprit ? 'poison' : 'n')
    let actions = handle.machine.committed(2)
    let [refused, version] = [0, 2]
    const failed: string[] = []
    for (;;) {
      const send = actions.find(action => action.do === 'send')
      failed.push(...told(actions).filter(text => text.startsWith('failed')))
      if (send === undefined) break
      const isPoisoned = send.do === 'send' && 'poison' in send.update.next
      if (isPoisoned) refused++
      actions = isPoisoned ? handle.machine.rejected('poison') : handle.machine.committed(++version)
    }
    assert.equal(failed, [`failed e${culprit}: poison`])
    assert.ok(refused <= 2 * 4 + 1, `${refused} refused writes for culprit ${culprit}`)
    assert.equal(handle.machine.confirmed.state, { n: 16 })
  }
})

test('a layer that needs the culprit fails with it as the cause', () => {
  const handle = new Handle()
  handle.add('culprit', 'm')
  handle.edit('needs', s => {
    if (s.m === undefined) throw 'no m'
    return { ...s, m: s.m + 1 }
  })
  handle.add('other')
  assert.equal(told(handle.machine.rejected('refused')), [
    'failed culprit: refused',
    'failed needs: no m after refused',
    'send other',
  ])
})

test('a document that is gone fails every layer', () => {
  const handle = new Handle()
  handle.add('a')
  handle.add('b')
  assert.equal(told(handle.machine.missing('gone')), ['failed a: gone', 'failed b: gone'])
  assert.is(handle.machine.stage, 'gone')
  assert.equal(told(handle.machine.loaded(stored({ n: 3 }, 1, 'again'))), ['moved'])
  assert.equal(told(handle.add('c')), ['send c'], 'and it may come back')
})

test('an unknown outcome is resolved before anything else is sent', () => {
  const handle = new Handle()
  handle.add('a')
  assert.equal(told(handle.machine.unknown()), ['resolve a'])
  assert.equal(handle.add('b'), [])
  assert.equal(told(handle.machine.committed(2)), ['stored a', 'send b'])
})

test('an outcome that stays unknown fails its layers, and is asked for again before the next send', () => {
  const handle = new Handle()
  handle.add('a')
  handle.machine.unknown()
  assert.equal(told(handle.machine.unsettled('unknown')), ['failed a: unknown'])
  assert.is(handle.machine.stage, 'unsettled')
  assert.equal(told(handle.add('b')), ['resolve a'])
  assert.equal(handle.machine.unsettled('unknown'), [], 'a layer fails once')
  assert.equal(told(handle.add('c')), ['resolve a'])
  const landed = handle.machine.committed(2)
  assert.equal(told(landed), ['landed a', 'send b+c'])
  assert.equal(handle.machine.head, { n: 3 })
})

test('an unknown update that was not applied is never made again', () => {
  const handle = new Handle()
  handle.add('a')
  handle.machine.unknown()
  handle.machine.unsettled('unknown')
  assert.equal(told(handle.add('b')), ['resolve a'])
  assert.equal(told(handle.machine.conflicted()), ['load'])
  assert.equal(told(handle.machine.loaded(stored({ n: 4 }, 9))), ['moved', 'send b'])
  assert.equal(handle.machine.head, { n: 5 })
})

test('a read of an unsettled document settles it', () => {
  const handle = new Handle()
  handle.add('a')
  handle.machine.unknown()
  handle.machine.unsettled('unknown')
  assert.equal(told(handle.machine.loaded(stored({ n: 1 }, 2, 'c1'))), ['landed a'])
  assert.equal(handle.machine.confirmed, { state: { n: 1 }, version: 2, commitId: 'c1' })
})

test('a read moves an idle document, and does nothing while an update is under way', () => {
  const handle = new Handle()
  assert.equal(told(handle.machine.loaded(stored({ n: 5 }, 2))), ['moved'])
  assert.equal(told(handle.machine.loaded(stored({ n: 5 }, 3))), [])
  assert.is(handle.machine.confirmed.version, 3, 'a version alone is taken in without a word')
  handle.add('a')
  assert.equal(handle.machine.loaded(stored({ n: 50 }, 9)), [])
  assert.is(handle.machine.confirmed.version, 3)
})

test('a layer is taken back before it is sent, not after', () => {
  const handle = new Handle()
  handle.add('a')
  handle.add('b')
  handle.add('c')
  const [a, b] = handle.machine.layers
  assert.equal(handle.machine.abort(a as Named, 'abort'), [])
  assert.equal(told(handle.machine.abort(b as Named, 'abort')), ['failed b: abort'])
  assert.equal(handle.machine.head, { n: 2 })
  assert.equal(told(handle.machine.committed(2)), ['stored a', 'send c'])
})

test('a lock is held once nothing is under way, and what waits goes on after it', () => {
  const handle = new Handle()
  handle.add('a')
  handle.add('b')
  assert.equal(handle.machine.acquire(), [])
  assert.equal(told(handle.machine.committed(2)), ['stored a', 'locked'])
  assert.equal(handle.add('c'), [])
  assert.equal(told(handle.machine.release()), ['send b+c'])
})

test('3,000 random programs lose no edit, apply none twice, and end equal', () => {
  let [updates, edits] = [0, 0]
  for (let seed = 1; seed <= 3_000; seed++) {
    const counts = checkMachine(seed)
    updates += counts.updates
    edits += counts.edits
  }
  assert.ok(updates < 0.8 * edits, `${updates} updates for ${edits} edits`)
})

test.run()
