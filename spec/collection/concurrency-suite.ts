// The modes of `concurrency` on any adapter: which writers clash, and what is stored in the end.
import {
  createCollection,
  transaction,
  type CollectionOptions,
  type Concurrency,
  type DocumentStore,
} from 'cowslip'
import { withFaults, type Adapter } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { Random } from '../properties/random.ts'
import { suite } from '../support/suite.ts'
import { rejects, withoutWatch } from './people.ts'

export const open = (
  adapter: Adapter,
  concurrency: Concurrency,
  more: Partial<CollectionOptions> = {},
) => createCollection<any>('docs', { adapter, concurrency, ...more })

/** Two live documents of one stored one, and the clashes of the second. */
async function pair(adapter: Adapter, concurrency: Concurrency, doc: object, more = {}) {
  const ours = await open(adapter, concurrency, more).insert({ _id: 'd', ...doc })
  const theirs: any = await open(adapter, concurrency, more).get('d')
  const clashes: unknown[] = []
  theirs.on('conflict', (event: unknown) => clashes.push(event))
  return { ours, theirs, clashes }
}

/** Runs the specs of all modes on one adapter; `make` opens an empty storage. */
export function modes(name: string, make: () => Adapter): void {
  const test = suite(`concurrency on ${name}`)

  test('version: writers of different fields clash, and their edits are made again', async () => {
    const { ours, theirs, clashes } = await pair(make(), 'version', { a: 1, b: 1 })
    await ours.edit((d: any) => void d.a++)
    await theirs.edit((d: any) => void d.b++)
    assert.is(clashes.length, 1)
    assert.equal(theirs.state, { _id: 'd', a: 2, b: 2 })
  })

  test('fields: writers of different fields do not clash, and see one another', async () => {
    const { ours, theirs, clashes } = await pair(withoutWatch(make()), 'fields', {
      a: 1,
      b: 1,
      deep: { x: 1, y: 1 },
    })
    const heard: string[] = []
    theirs.on('change', (e: any) => heard.push(`${e.change.origin} ${e.change.touched}`))
    theirs.on('confirmed', (e: any) => heard.push(`confirmed ${e.version}`))
    await ours.edit((d: any) => {
      d.a++
      d.deep.x = 2
      d.added = true
    })
    const change = await theirs.edit((d: any) => {
      d.b++
      d.deep.y = 2
    })
    assert.equal(clashes, [])
    assert.equal(theirs.state, { _id: 'd', a: 2, b: 2, deep: { x: 2, y: 2 }, added: true })
    assert.is(theirs.version, 3)
    assert.equal(change.changes, { b: 2, deep: { x: 1, y: 2 } })
    assert.equal(heard, ['local b,deep', 'remote a,deep,added', 'confirmed 3'])
    await ours.reload()
    assert.equal(ours.state, theirs.state)
    assert.equal(Object.isFrozen(theirs.state.deep), true)
  })

  test('fields: writers of one field clash; the recipe runs again', async () => {
    const { ours, theirs, clashes } = await pair(make(), 'fields', { n: 1, gone: 1 })
    await ours.edit((d: any) => void d.n++)
    await theirs.edit((d: any) => void (d.n *= 10))
    assert.equal([clashes.length, theirs.state.n], [1, 20])
    await ours.edit((d: any) => void delete d.gone)
    await theirs.edit((d: any) => void (d.gone = (d.gone ?? 0) + 5))
    assert.equal([clashes.length, theirs.state.gone], [2, 5])
    await theirs.edit((d: any) => void (d.fresh = 1))
    await ours.edit((d: any) => void (d.fresh = (d.fresh ?? 0) + 1))
    assert.is(ours.state.fresh, 2)
  })

  test('fields: an object replaced whole is guarded by its keys and values, in any order', async () => {
    const adapter = make()
    const { ours, theirs, clashes } = await pair(adapter, 'fields', { o: { x: 1, y: { z: 1 } } })
    await ours.edit((d: any) => {
      const { x, y } = d.o
      delete d.o
      d.o = { y, x }
    })
    await theirs.edit((d: any) => void (d.o = 7))
    assert.equal(clashes, [])
    await ours.reload()
    await ours.edit((d: any) => void (d.o = { x: 1 }))
    await theirs.reload()
    await ours.edit((d: any) => void (d.o.more = 1))
    await theirs.edit((d: any) => void (d.o = 8))
    assert.is(clashes.length, 1)
    await ours.reload()
    await ours.edit((d: any) => void (d.o = { deep: { a: 1 } }))
    await theirs.reload()
    await ours.edit((d: any) => void delete d.o)
    await theirs.edit((d: any) => void (d.o === undefined || (d.o.deep.b = 1)))
    assert.equal([clashes.length, theirs.state], [2, { _id: 'd' }])
  })

  test('fields: an array without keys is guarded as a whole, so no other element is hit', async () => {
    const { ours, theirs, clashes } = await pair(make(), 'fields', { list: [{ q: 1 }, { q: 1 }] })
    await ours.edit((d: any) => void d.list.unshift({ q: 1, first: true }))
    await theirs.edit((d: any) => void d.list.find((e: any) => !e.first && e.q === 1).q++)
    assert.is(clashes.length, 1)
    assert.equal(theirs.state.list, [{ q: 1, first: true }, { q: 2 }, { q: 1 }])
  })

  test('fields: a keyed element is found by its key, wherever it stands', async () => {
    const list = [
      { id: 'a', q: 1, tags: [] },
      { id: 'b', q: 1, tags: [] },
    ]
    const { ours, theirs, clashes } = await pair(make(), 'fields', { list })
    await ours.edit((d: any) => {
      d.list.reverse()
      d.list.unshift({ id: 'c', q: 9, tags: [] })
      d.list.find((e: any) => e.id === 'a').tags.push('x')
    })
    await theirs.edit((d: any) => void d.list[0].q++)
    assert.equal(clashes, [])
    assert.equal(
      theirs.state.list.map((e: any) => `${e.id}${e.q}${e.tags}`),
      ['c9', 'b1', 'a2x'],
    )
    await ours.reload()
    await ours.edit((d: any) => void d.list.pop())
    await theirs.edit((d: any) => {
      const found = d.list.find((e: any) => e.id === 'a')
      if (found) found.q++
    })
    assert.is(clashes.length, 1)
    assert.is(theirs.state.list.length, 2)
  })

  test('fields: the key of an element is the field that `keyed` names', async () => {
    const rows = [
      { id: 1, sku: 1, n: 0 },
      { id: 2, sku: 2, n: 0 },
    ]
    const { ours, theirs } = await pair(make(), 'fields', { rows }, { keyed: { rows: 'sku' } })
    await ours.edit((d: any) => {
      d.rows[0].id = 2
      d.rows[1].id = 1
    })
    await theirs.edit((d: any) => void (d.rows.find((r: any) => r.sku === 1).n = 100))
    assert.equal(
      theirs.state.rows.map((r: any) => [r.sku, r.id, r.n]),
      [
        [1, 2, 100],
        [2, 1, 0],
      ],
    )
  })

  test('fields: a failed read of what others wrote is made up before the next write', async () => {
    const inner = make()
    let failing = false
    const adapter = withFaults(inner, ({ method }) =>
      method === 'load' && failing ? 'fail-before' : null,
    )
    const ours: any = await open(inner, 'fields').insert({ _id: 'd', x: 0, y: 0 })
    const theirs: any = await open(withoutWatch(adapter), 'fields').get('d')
    await ours.edit((d: any) => void (d.y = 7))
    failing = true
    await theirs.edit((d: any) => void d.x++)
    failing = false
    await theirs.edit((d: any) => void d.x++, { ifVersion: theirs.version })
    assert.equal(theirs.state, { _id: 'd', x: 2, y: 7 })
    await transaction(tx => tx.edit(theirs, (d: any) => void d.x++))
    await ours.reload()
    assert.equal(ours.state, { _id: 'd', x: 3, y: 7 })
  })

  test('none: the last writer wins, field by field', async () => {
    const { ours, theirs, clashes } = await pair(make(), 'none', {
      a: 1,
      b: 1,
      o: { x: 1 },
      l: [1],
    })
    await ours.edit((d: any) => {
      d.a = 5
      d.b = 5
      d.l.push(2)
      d.o = null
    })
    await theirs.edit((d: any) => {
      d.b = 7
      d.l.push(3)
      d.o.y = 1
    })
    assert.equal(clashes, [])
    assert.equal(theirs.state, { _id: 'd', a: 5, b: 7, o: { x: 1, y: 1 }, l: [1, 3] })
    assert.is(theirs.version, 3)
    await theirs.delete()
    await rejects(
      ours.edit((d: any) => void d.a++),
      'missing',
    )
  })

  test('`ifVersion` and transactions are guarded by the version in every mode', async () => {
    for (const mode of ['fields', 'none'] as const) {
      const { ours, theirs } = await pair(make(), mode, { a: 1, b: 1 })
      await ours.edit((d: any) => void d.a++)
      await rejects(
        theirs.edit((d: any) => void d.b++, { ifVersion: 1 }),
        'conflict',
      )
      await theirs.edit((d: any) => void d.b++, { ifVersion: 2 })
      assert.is(theirs.version, 3)
    }
  })

  test('a commit that is delivered twice is known by its id, though the second answer is a clash', async () => {
    for (const mode of ['version', 'fields', 'none'] as const) {
      const inner = make()
      const commit: Adapter['commit'] = async (...args) => {
        await inner.commit(...args)
        return inner.commit(...args)
      }
      const twice = Object.create(inner, { commit: { value: commit }, commitMany: {} }) as Adapter
      const doc = await open(inner, mode).insert({ _id: 'd', list: [], n: 0 })
      const live: any = await open(twice, mode).get('d')
      for (let n = 1; n <= 3; n++) {
        const change = await live.edit((d: any) => void (d.list.push(n), d.n++))
        assert.equal([change.version, live.state.n], [n + 1, n])
      }
      await doc.reload()
      assert.equal([doc.state.list, doc.state.n, doc.version], [[1, 2, 3], 3, 4], mode)
    }
  })

  test('random edits under faults: sums are exact, nothing is applied twice', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = new Random(seed)
      const mode = random.pick(['version', 'fields'] as const)
      const adapter = withFaults(make(), ({ commits }) => {
        if (commits[0]?.kind !== 'update' || random.below(5) > 0) return null
        return random.pick(['fail-before', 'fail-after', 'twice', 'reorder'] as const)
      })
      const item = (id: string) => ({ id, n: 0 })
      await open(adapter, mode).insert({
        _id: 'd',
        n: 0,
        m: 0,
        o: {},
        list: [item('a'), item('b')],
      })
      const sums: Record<string, number> = { n: 0, m: 0, x: 0, a: 0, b: 0 }
      const handles: DocumentStore<any>[] = []
      const unknown = { ...sums }
      for (let i = 0; i < 3; i++) {
        const handle = await open(adapter, mode, { optimistic: i === 0 }).get('d')
        handles.push(handle as DocumentStore<any>)
      }
      const add: Record<string, (d: any) => void> = {
        n: d => void d.n++,
        m: d => void d.m++,
        x: d => void (d.o.x = (d.o.x ?? 0) + 1),
        a: d => void d.list.find((e: any) => e.id === 'a').n++,
        b: d => void d.list.find((e: any) => e.id === 'b').n++,
        turn: d => void d.list.reverse(),
      }
      const edits = Array.from({ length: 60 }, async () => {
        if (random.below(2) === 0)
          await new Promise(resolve => setTimeout(resolve, random.below(8)))
        const name = random.pick(Object.keys(add))
        const counts = await random
          .pick(handles)
          .edit(add[name] as never)
          .then(
            () => sums,
            error => {
              // More than 16 others came in between.
              assert.is(error.code, 'unknown')
              return unknown
            },
          )
        if (name !== 'turn') counts[name]!++
      })
      await Promise.all(edits)
      const found: any = (await open(adapter, mode).get('d'))?.state
      const of = (id: string) => found.list.find((e: any) => e.id === id).n
      const stored = { n: found.n, m: found.m, x: found.o.x ?? 0, a: of('a'), b: of('b') }
      for (const [key, value] of Object.entries(stored)) {
        const [least, more] = [sums[key] as number, unknown[key] as number]
        assert.ok(value >= least && value <= least + more, `seed ${seed}, ${mode}: ${key} ${value}`)
      }
    }
  })

  test.run()
}
