// The table that the first system of this kind was measured by: tracking a mutable record, against
// keeping a copy of it.
import { StateTracker } from 'cowslip'
import { createDraft, finishDraft, produce } from 'immer'
import { create } from 'mutative'
import rfdc from 'rfdc'
import { isDeepStrictEqual } from 'node:util'
import { fields } from '../documents.ts'
import { check, kept, type Contest, type Suite } from './suite.ts'

type Doc = Record<string, unknown>
type Clone = (document: Doc) => Doc

const OPERATIONS = 1_000
const CHANGED = ['field1', 'field7', 'field13', 'field22', 'field49']
const clones: Record<string, Clone> = {
  structuredClone: document => structuredClone(document),
  rfdc: rfdc(),
  JSON: document => JSON.parse(JSON.stringify(document)) as Doc,
}

let round = 0

function setFive(document: Doc): void {
  round++
  for (const key of CHANGED) document[key] = round
}

function trackFive(tracker: StateTracker<Doc>, document: Doc): void {
  round++
  for (const key of CHANGED) {
    tracker.trackChange(key, document[key])
    document[key] = round
  }
}

/** A thousand times `act`, on one document. */
function many(
  document: Doc,
  act: (document: Doc, i: number) => unknown,
  right: () => boolean,
): Contest {
  return {
    operations: OPERATIONS,
    validate: () => check(right(), 'its result'),
    sample() {
      for (let i = 0; i < OPERATIONS; i++) kept[i] = act(document, i)
    },
  }
}

function init(n: number): Record<string, () => Contest> {
  const document = fields(n)
  const cloning = Object.entries(clones).map(([name, clone]) => {
    const right = (): boolean => isDeepStrictEqual(clone(document), document)
    return [name, () => many(document, clone, right)] as const
  })
  const frozen = produce(document, () => {})
  return {
    Cowslip: () =>
      many(
        document,
        d => new StateTracker(d),
        () => !new StateTracker(document).isModified(),
      ),
    ...Object.fromEntries(cloning),
    Immer: () =>
      many(
        frozen,
        d => createDraft(d),
        () => finishDraft(createDraft(frozen)) === frozen,
      ),
    Mutative: () =>
      many(
        frozen,
        d => create(d),
        () => create(frozen)[1]() === frozen,
      ),
  }
}

const five: Record<string, () => Contest> = {
  Cowslip: () => {
    const act = (d: Doc): unknown => {
      const tracker = new StateTracker(d)
      trackFive(tracker, d)
      return tracker
    }
    return many(fields(50), act, () => (act(fields(50)) as StateTracker<Doc>).changeCount() === 5)
  },
  ...Object.fromEntries(
    Object.entries(clones).map(([name, clone]) => {
      const act = (d: Doc): Doc => {
        const copy = clone(d)
        setFive(copy)
        return copy
      }
      return [name, () => many(fields(50), act, () => act(fields(50)).field49 === round)] as const
    }),
  ),
  Immer: () => {
    const act = (d: Doc): Doc => produce(d, setFive)
    return many(fields(50), act, () => act(fields(50)).field49 === round)
  },
  Mutative: () => {
    const act = (d: Doc): Doc => create(d, setFive, { enableAutoFreeze: true })
    return many(fields(50), act, () => act(fields(50)).field49 === round)
  },
}

/** Only the way back is measured: the changes are made before each sample. */
const rollback: Record<string, () => Contest> = {
  Cowslip: () => {
    const documents = Array.from({ length: OPERATIONS }, () => fields(50))
    const trackers = documents.map(document => new StateTracker(document))
    const prepare = (): void =>
      trackers.forEach((tracker, i) => trackFive(tracker, documents[i] as Doc))
    const sample = (): void => trackers.forEach(tracker => tracker.rollback())
    const validate = (): void => {
      prepare()
      check(documents.at(-1)?.field49 === round, 'the changes')
      sample()
      check(
        documents.every(document => isDeepStrictEqual(document, fields(50))),
        'the way back',
      )
    }
    return { operations: OPERATIONS, prepare, sample, validate }
  },
  ...Object.fromEntries(
    Object.entries(clones).map(([name, clone]) => {
      const right = (): boolean => isDeepStrictEqual(clone(fields(50)), fields(50))
      return [name, () => many(fields(50), clone, right)] as const
    }),
  ),
}

/** See `Suite`. */
export const seed: Suite = {
  title: 'Tracking a record, against a copy of it',
  baseline: 'structuredClone',
  workloads: {
    'init, 50 fields': init(50),
    'init and 5 changes, 50 fields': five,
    'init, 200 fields': init(200),
    'rollback of 5 changes, 50 fields': rollback,
  },
}
