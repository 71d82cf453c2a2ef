// The commit state machine, state by state: what it is told, and what comes of it.
import * as assert from 'uvu/assert'
import {
  CommitMachine,
  type Layer,
  type LayerOutcome,
  type Made,
  type Update,
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
  private version: number

  constructor(state: State = { n: 0 }, version = 1) {
    this.version = version
    const confirmed = { state: Object.freeze(state), version, commitId: 'first' }
    this.machine = new CommitMachine<Named>(confirmed, RULES, () => `c${++this.ids}`)
  }

  /** Edits by a recipe. */
  edit(name: string, change: (state: State) => State, more: Partial<Layer> = {}): void {
    const layer = { name, remake: (base: object) => made(base, change), ...more }
    this.machine.edit(layer, made(this.machine.head, change) as Made)
  }

  add(name: string, key = 'n', more: Partial<Layer> = {}): void {
    this.edit(name, state => ({ ...state, [key]: (state[key] ?? 0) + 1 }), more)
  }

  /** The names of what is sent next. */
  next(): string | null {
    const steps = this.machine.next()?.steps
    return steps?.map(({ layer }) => layer.name).join('+') ?? null
  }

  /** The update was applied. */
  committed(): string[] {
    this.version++
    return told(this.machine.committed({ version: this.version, commitId: `c${this.ids}` }))
  }

  loaded(state: State, version: number, commitId = 'theirs'): string[] {
    this.version = version
    return told(this.machine.loaded({ state: Object.freeze(state), version, commitId }))
  }
}

/** Outcomes in short. */
const told = (outcomes: readonly LayerOutcome<Named>[]): string[] =>
  outcomes.map(outcome => {
    const { name } = outcome.layer
    if (outcome.isStored)
      return `stored ${name}${outcome.made.op.keys.size === 0 ? ' (nothing)' : ''}`
    const after = outcome.cause === undefined ? '' : ` after ${String(outcome.cause)}`
    return `failed ${name}: ${String(outcome.error)}${after}`
  })

test('an edit is sent under the guard of the confirmed state', () => {
  const handle = new Handle()
  assert.is(handle.next(), null, 'nothing waits')
  handle.add('a')
  const update = handle.machine.next() as Update<Named>
  assert.equal([update.guard.version, update.guard.commitId], [1, 'first'])
  assert.equal(update.next, { n: 1 })
  assert.is(handle.machine.stage, 'sending')
  assert.is(handle.next(), null, 'one at a time')
  assert.equal(handle.committed(), ['stored a'])
  assert.equal(handle.machine.confirmed, { state: { n: 1 }, version: 2, commitId: 'c1' })
  assert.is(handle.machine.stage, 'idle')
})

test('edits that wait are sent as one update', () => {
  const handle = new Handle()
  handle.add('a')
  assert.is(handle.next(), 'a')
  for (const name of ['b', 'c', 'd']) handle.add(name)
  assert.equal(handle.machine.head, { n: 4 })
  assert.equal(handle.committed(), ['stored a'])
  assert.is(handle.next(), 'b+c+d')
  assert.equal(handle.committed(), ['stored b', 'stored c', 'stored d'])
  assert.equal(handle.machine.confirmed.state, { n: 4 })
  assert.is(handle.machine.confirmed.version, 3)
})

test('an edit that must be alone has an update of its own', () => {
  const handle = new Handle()
  for (const name of ['a', 'b']) handle.add(name)
  handle.add('alone', 'n', { isAlone: true })
  handle.add('c')
  for (const names of ['a+b', 'alone', 'c']) {
    assert.is(handle.next(), names)
    handle.committed()
  }
})

test('edits that cancel one another are an update without an op', () => {
  const handle = new Handle()
  handle.add('up')
  handle.edit('down', s => ({ ...s, n: (s.n as number) - 1 }))
  const update = handle.machine.next() as Update<Named>
  assert.is(update.op.keys.size, 0)
  assert.equal(told(handle.machine.committed(update.guard)), ['stored up', 'stored down'])
  assert.is(handle.machine.confirmed.version, 1)
})

test('after a conflict the document is loaded, and every layer made again on it', () => {
  const handle = new Handle()
  for (const name of ['a', 'b']) handle.add(name)
  handle.next()
  handle.machine.conflicted()
  handle.add('c')
  assert.is(handle.next(), null, 'nothing is sent before it is loaded')
  assert.equal(handle.loaded({ n: 10, m: 1 }, 5), [])
  assert.equal(handle.machine.head, { n: 13, m: 1 })
  assert.is(handle.next(), 'a+b+c')
  assert.equal(handle.committed(), ['stored a', 'stored b', 'stored c'])
})

test('a layer that fails on the newer state fails alone, with the others going on', () => {
  const handle = new Handle()
  handle.add('a')
  handle.edit('once', s => {
    if ((s.n as number) > 5) throw 'too many'
    return { ...s, m: 1 }
  })
  handle.add('c')
  handle.next()
  handle.machine.conflicted()
  assert.equal(handle.loaded({ n: 9 }, 2), ['failed once: too many'])
  assert.equal(handle.machine.head, { n: 11 })
  assert.is(handle.next(), 'a+c')
})

test('a layer with nothing left to do waits for those before it', () => {
  const handle = new Handle()
  handle.add('a', 'm')
  handle.edit('set', s => ({ ...s, n: 7 }))
  handle.next()
  handle.machine.conflicted()
  assert.equal(handle.loaded({ n: 7 }, 2), [])
  assert.is(handle.next(), 'a+set')
  assert.equal(handle.committed(), ['stored a', 'stored set (nothing)'])
})

test('a layer that had nothing to do is made again when the layer it relied on fails', () => {
  const handle = new Handle()
  handle.edit('culprit', s => ({ ...s, n: 7 }))
  const set: Layer['remake'] = base => made(base, s => ({ ...s, n: 7 }))
  handle.machine.edit(
    { name: 'same', remake: set },
    { op: { kind: 'object', keys: new Map() }, next: handle.machine.head },
  )
  assert.is(handle.next(), 'culprit+same')
  handle.machine.rejected('refused')
  assert.is(handle.next(), 'culprit')
  assert.equal(told(handle.machine.rejected('refused')), ['failed culprit: refused'])
  assert.is(handle.next(), 'same')
  assert.equal(handle.committed(), ['stored same'])
  assert.equal(handle.machine.confirmed.state, { n: 7 })
})

test('recorded ops are rebased over what changed, and clash alone', () => {
  const handle = new Handle({ a: 1, b: 1 })
  const rebased = (name: string, key: string): void => {
    const change = (s: State): State => ({ ...s, [key]: 5 })
    const remake: Layer['remake'] = (base, { op }, over) => {
      assert.ok(op.keys.has(key), 'it is given what it made before')
      if (over()?.keys.has(key) === true) throw new ConflictError(`clash at ${key}`, [])
      return made(base, change)
    }
    handle.machine.edit({ name, remake }, made(handle.machine.head, change) as Made)
  }
  rebased('one', 'a')
  rebased('two', 'b')
  handle.next()
  handle.machine.conflicted()
  assert.equal(handle.loaded({ a: 2, b: 1 }, 2), ['failed one: ConflictError: clash at a'])
  assert.equal(handle.machine.head, { a: 2, b: 5 })
  assert.is(handle.next(), 'two')
})

test('the culprit of a refused merged update is found by halves, and fails alone', () => {
  for (let culprit = 0; culprit < 16; culprit++) {
    const handle = new Handle()
    for (let i = 0; i < 16; i++) handle.add(`e${i}`, i === culprit ? 'poison' : 'n')
    let refused = 0
    const failed: string[] = []
    for (let update = handle.machine.next(); update !== null; update = handle.machine.next()) {
      if ('poison' in update.next) {
        refused++
        failed.push(...told(handle.machine.rejected('poison')))
      } else handle.committed()
    }
    assert.equal(failed, [`failed e${culprit}: poison`])
    assert.ok(refused <= 2 * 4 + 1, `${refused} refused writes for culprit ${culprit}`)
    assert.equal(handle.machine.confirmed.state, { n: 15 })
  }
})

test('a layer that needs the culprit fails with it as the cause', () => {
  const handle = new Handle()
  handle.add('culprit', 'm')
  handle.next()
  handle.edit('needs', s => {
    if (s.m === undefined) throw 'no m'
    return { ...s, m: s.m + 1 }
  })
  handle.add('other')
  assert.equal(told(handle.machine.rejected('refused')), [
    'failed culprit: refused',
    'failed needs: no m after refused',
  ])
  assert.is(handle.next(), 'other')
})

test('a document that is gone fails every layer, and may come back', () => {
  const handle = new Handle()
  handle.add('a')
  handle.next()
  handle.add('b')
  assert.equal(told(handle.machine.failAll('gone')), ['failed a: gone', 'failed b: gone'])
  assert.equal(handle.loaded({ n: 3 }, 1, 'again'), [])
  handle.add('c')
  assert.is(handle.next(), 'c')
})

test('after an unknown outcome nothing is sent until it is settled, and its layers are not made again', () => {
  const handle = new Handle()
  handle.add('a')
  handle.next()
  handle.add('b')
  assert.equal(told(handle.machine.unknown('unknown')), ['failed a: unknown'])
  assert.is(handle.next(), null)
  assert.equal(handle.machine.head, { n: 1 }, 'b alone')
  assert.equal(handle.loaded({ n: 1 }, 2, 'c1'), [], 'it was applied after all')
  assert.equal(handle.machine.head, { n: 2 })
  assert.is(handle.next(), 'b')
})

test('a read moves an idle document, and does nothing while an update is under way', () => {
  const handle = new Handle()
  handle.loaded({ n: 5 }, 2)
  handle.add('a')
  handle.loaded({ n: 7 }, 3)
  assert.equal(handle.machine.head, { n: 8 }, 'what waits is made again')
  handle.next()
  assert.equal(handle.loaded({ n: 50 }, 9), [])
  assert.is(handle.machine.confirmed.version, 3)
})

test('a layer is taken back before it is sent, not after', () => {
  const handle = new Handle()
  handle.add('a')
  handle.next()
  for (const name of ['b', 'c']) handle.add(name)
  const [a, b] = handle.machine.layers as [Named, Named]
  assert.equal(handle.machine.abort(a, 'abort'), [])
  assert.equal(told(handle.machine.abort(b, 'abort')), ['failed b: abort'])
  assert.equal(handle.machine.abort(b, 'abort'), [], 'once')
  assert.equal(handle.machine.head, { n: 2 })
  handle.committed()
  assert.is(handle.next(), 'c')
})

test('what waits is composed in one op', () => {
  const handle = new Handle({ n: 0, m: 0 })
  assert.is(handle.machine.composeHidden(), null)
  for (let i = 0; i < 5; i++) handle.add(`e${i}`, i % 2 === 0 ? 'n' : 'm')
  const op = handle.machine.composeHidden() as Made['op']
  assert.equal(apply(handle.machine.confirmed.state, op), { n: 3, m: 2 })
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
