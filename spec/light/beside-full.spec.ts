// The same random edits on a store of `cowslip` and on one of `cowslip/light`, composed of its parts: both tell the same.
import * as assert from 'uvu/assert'
import * as full from 'cowslip'
import * as light from 'cowslip/light'
import { suite } from '../support/suite.ts'
import { Program } from '../properties/program.ts'
import { Random } from '../properties/random.ts'
import { randomDocument } from '../properties/values.ts'

const test = suite('cowslip/light beside cowslip')

/** Returns what a call gave, or the code of its error. */
function outcome<R>(run: () => R): { gave: R } | { code: string } {
  try {
    return { gave: run() }
  } catch (error) {
    return { code: (error as { code?: string }).code ?? String(error) }
  }
}

const tell = (change: light.ChangeSet | null): unknown => {
  if (change === null) return null
  const { touched, changes, removed, originals, patches, inverse, version, isEmpty } = change
  // Both refuse what has no words in their format.
  const json = outcome(() => ({ ...light.encode(change), id: 0, at: 0 }))
  const back = outcome(() => light.toJSONPatch(change.invert()))
  const lines = light.describe(change)
  return {
    touched,
    changes,
    removed,
    originals,
    patches,
    inverse,
    version,
    isEmpty,
    json,
    back,
    lines,
  }
}

/** Runs the edits of a seed on a store. Returns what it told. */
function run(seed: number, store: light.HistoryStore<any>): unknown[] {
  const random = new Random(seed)
  randomDocument(random)
  const told: unknown[] = []
  for (let edits = 1 + random.below(5); edits > 0; edits--) {
    const made = outcome(() =>
      store.edit(draft => {
        const program = new Program(random, store.state, draft)
        for (let i = random.below(8); i >= 0; i--) program.step()
      }),
    )
    told.push('gave' in made ? tell(made.gave) : made, store.state, store.version)
    for (const step of ['undo', 'redo'] as const) {
      if (random.chance(0.7)) continue
      const taken = outcome(() => store[step]())
      told.push('gave' in taken ? tell(taken.gave) : taken, store.state)
    }
    told.push(store.canUndo, store.canRedo, store.history.past.length)
  }
  return told
}

test('3,000 random programs with undo and redo', () => {
  let changed = 0
  for (let seed = 1; seed <= 3_000; seed++) {
    const document = (): any => randomDocument(new Random(seed))
    const one = run(seed, full.createStore(document()) as unknown as light.HistoryStore<any>)
    const other = run(seed, light.withHistory(light.createStore(document())))
    assert.equal(other, one, `seed ${seed}`)
    if (one.length > 5) changed++
  }
  assert.ok(changed > 2_000)
})

test('changes are composed, rebased, compared and decoded as those of cowslip', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const edit = (store: any, number: number) => {
      const random = new Random(number)
      return outcome(() =>
        store.edit((draft: any) => {
          const program = new Program(random, store.state, draft)
          for (let i = 0; i < 4; i++) program.step()
        }),
      )
    }
    const document = (): any => randomDocument(new Random(seed))
    const two = (createStore: any) => {
      const [a, b] = [createStore(document()), createStore(document())]
      const [one, over] = [edit(a, seed + 1), edit(b, seed + 2)] as any[]
      const next = edit(a, seed + 3) as any
      return { a, one: one.gave, over: over.gave, next: next.gave }
    }
    const ours = two(light.createStore)
    const theirs = two(full.createStore)
    const same = (light_: () => any, full_: () => any): void => {
      const [made, expected] = [outcome(light_), outcome(full_)] as any[]
      if ('gave' in expected) assert.equal(tell(made.gave), tell(expected.gave), `seed ${seed}`)
      else assert.equal(made, expected, `seed ${seed}`)
    }
    if (ours.one && ours.next) {
      same(
        () => light.compose(ours.one, ours.next),
        () => theirs.one.compose(theirs.next),
      )
    }
    if (ours.one && ours.over) {
      same(
        () => light.rebase(ours.one, ours.over, { resolve: 'ours' }),
        () => theirs.one.rebase(theirs.over, { resolve: 'ours' }),
      )
    }
    const plain = document()
    same(
      () => light.diff(plain, ours.a.state),
      () => full.diff(plain, theirs.a.state),
    )
    if (ours.one) {
      const json = outcome(() => JSON.parse(JSON.stringify(light.encode(ours.one))) as unknown)
      if ('gave' in json) {
        const read = light.decode(json.gave)
        assert.equal(light.encode(read), full.ChangeSet.from(json.gave).toJSON())
      }
    }
  }
})

test.run()
