// Tests of the contract: guards of fields, and the ring of commit ids. An adapter without them passes.
import type { FieldGuard, StoredDocument, VersionGuard } from '../contract.ts'
import { committed, expect, type Bench, type Tests } from './bench.ts'

const DOC = { _id: 'doc', a: 1, b: { c: 1 }, list: [1], items: [{ id: 'x', n: 1 }] }

const has = ({ adapter }: Bench): boolean => adapter.capabilities.fieldGuards === true

/** Sends an update of DOC under guards of fields. Returns what is stored then, or the status. */
async function send(
  bench: Bench,
  next: object,
  seen: VersionGuard,
  fields: readonly FieldGuard[],
): Promise<StoredDocument | string> {
  const result = await bench.update(DOC, next, { ...seen, fields })
  if (result.status !== 'committed') return result.status
  return (await bench.load('doc')) as StoredDocument
}

/** Inserts DOC and writes `a` once, as another writer. */
async function prepare(bench: Bench): Promise<VersionGuard> {
  const seen = committed(await bench.insert(DOC), 1)
  committed(await bench.update(DOC, { ...DOC, a: 5 }, seen), 2)
  return seen
}

/** Tests of guards of fields. */
export const FIELD_GUARDS: Tests = {
  async 'an update under a guard of fields writes only what it touched'(bench) {
    if (!has(bench)) return
    const seen = await prepare(bench)
    const fields: FieldGuard[] = [{ path: ['b', 'c'], has: true, value: 1 }]
    const stored = await send(bench, { ...DOC, b: { c: 2 } }, seen, fields)
    if (typeof stored === 'string') return expect(false, 'committed', stored)
    await bench.holds({ ...DOC, a: 5, b: { c: 2 } }, 3)
  },

  async 'a guard of fields that does not fit clashes, and nothing is written'(bench) {
    if (!has(bench)) return
    const seen = await prepare(bench)
    const wrong: FieldGuard[] = [
      { path: ['a'], has: true, value: 1 },
      { path: ['a'], has: false },
      { path: ['z'], has: true },
      { path: ['b'], has: true, keys: ['c', 'd'] },
      { path: ['b'], has: true, keys: [] },
      { path: ['list'], has: true, value: [1, 2] },
      { path: ['no', 'such'], has: false },
      { path: ['items', 0, 'n'], has: true, value: 1, key: { at: 1, field: 'id', value: 'y' } },
    ]
    for (const guard of wrong) {
      const result = await send(bench, { ...DOC, b: { c: 9 } }, seen, [guard])
      expect(result === 'conflict', `a conflict for ${JSON.stringify(guard)}`, result)
    }
    await bench.holds({ ...DOC, a: 5 }, 2)
    const right: FieldGuard[] = [
      { path: ['z'], has: false },
      { path: ['b'], has: true, keys: ['c'] },
      { path: ['list'], has: true, value: [1] },
      { path: ['items', 0, 'n'], has: true, value: 1, key: { at: 1, field: 'id', value: 'x' } },
    ]
    expect(
      typeof (await send(bench, { ...DOC, b: { c: 9 } }, seen, right)) === 'object',
      'a commit',
    )
  },

  async 'an update that expects nothing is never stale, but it is applied once'(bench) {
    if (!has(bench)) return
    const seen = await prepare(bench)
    const update = bench.updating(DOC, { ...DOC, list: [1, 2] }, { ...seen, fields: [] })
    committed(await bench.send(update), 3)
    let again = await bench.adapter.commit(update)
    for (let i = 0; again.status === 'unknown' && i < 50; i++)
      again = await bench.adapter.commit(update)
    if (again.status === 'committed') committed(again, 3)
    else expect(again.status === 'conflict', 'a conflict', again)
    await bench.holds({ ...DOC, a: 5, list: [1, 2] }, 3)
    await bench.delete('doc', 'none')
    expect((await send(bench, { ...DOC, a: 7 }, seen, [])) === 'missing', 'missing')
  },

  async 'the ring has the ids of the last commits, the newest first'(bench) {
    if (!has(bench)) return
    let guard = committed(await bench.insert({ _id: 'r', n: 0 }), 1)
    const ids = [guard.commitId]
    for (let n = 1; n <= 4; n++) {
      guard = committed(await bench.update({ _id: 'r', n: n - 1 }, { _id: 'r', n }, guard), n + 1)
      ids.unshift(guard.commitId)
    }
    // An adapter may keep rings only where updates are guarded by fields.
    const kept = (await bench.load('r'))?.ring ?? [guard.commitId]
    expect(kept.join() === ids.slice(0, kept.length).join(), 'the last ids', kept)
    for (let n = 5; n <= 7; n++) {
      const update = bench.updating(
        { _id: 'r', n: n - 1 },
        { _id: 'r', n },
        { ...guard, fields: [] },
      )
      guard = committed(await bench.send(update), n + 1)
      ids.unshift(guard.commitId)
    }
    const ring = (await bench.load('r'))?.ring ?? []
    expect(ring.length >= 3 && ring.join() === ids.slice(0, ring.length).join(), 'the ids', ring)
  },
}
