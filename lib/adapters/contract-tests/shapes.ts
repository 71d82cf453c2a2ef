// Tests of the contract: the number of a document's shape. An adapter without it passes.
import { ADA, PARIS, committed, expect, type Bench, type Tests } from './bench.ts'

async function hasShape(bench: Bench, id: string, shape: number | undefined): Promise<void> {
  const stored = await bench.load(id)
  expect(stored?.shape === shape, `the shape ${shape}`, stored?.shape)
  const found = bench.adapter.find('people', { filter: { _id: id } })
  for await (const each of found) expect(each.shape === shape, `the shape ${shape}`, each.shape)
}

/** Tests of shapes. */
export const SHAPES: Tests = {
  async 'the shape of a write is kept and read, also where nothing else changes'(bench) {
    const { capabilities } = bench.adapter
    if (capabilities.shapes !== true) return
    let guard = committed(await bench.insert(ADA), 1)
    await hasShape(bench, 'ada', undefined)
    const next = bench.updating(ADA, PARIS, guard)
    guard = committed(await bench.send({ ...next, shape: 1 } as typeof next), 2)
    await hasShape(bench, 'ada', 1)
    const same = bench.updating(PARIS, PARIS, guard)
    guard = committed(await bench.send({ ...same, shape: 2 } as typeof same), 3)
    await hasShape(bench, 'ada', 2)
    await bench.holds(PARIS, 3)
    const bob = { ...ADA, _id: 'bob' }
    const insert = bench.inserting(bob)
    guard = committed(await bench.send({ ...insert, shape: 2 } as typeof insert), 1)
    await hasShape(bench, 'bob', 2)
    if (capabilities.fieldGuards !== true) return
    // A guard of fields is of one shape too, whatever others have written.
    const other = bench.updating(bob, { ...bob, tags: [] }, guard)
    committed(await bench.send({ ...other, shape: 2 } as typeof other), 2)
    for (const [shape, status] of [
      [0, 'conflict'],
      [1, 'conflict'],
      [2, 'committed'],
    ] as const) {
      const seen = { ...guard, fields: [], shape }
      const update = bench.updating(bob, { ...bob, name: `${shape}` }, seen)
      const result = await bench.send({ ...update, shape: 3 } as typeof update)
      expect(result.status === status, `the outcome ${status} for the shape ${shape}`, result)
    }
    await hasShape(bench, 'bob', 3)
    await bench.holds({ ...bob, tags: [], name: '2' }, 3)
  },
}
