// Commands for fast-check: edits, open edits, undo, transactions, reads, deletes and faults, over several handles of two
// documents, against a simple sequential model. Each edit sets a mark of its own, so the model knows for each mark
// whether it must be there in the end: the last acknowledged change of its handle decides.
import { createCollection, transaction, type ChangeSet, type DocumentStore } from 'cowslip'
import { withFaults, type Adapter, type Fault } from 'cowslip/adapter-contract'
import fc from 'fast-check'

type Doc = { _id: string; n: number; marks: Record<string, number>; list: string[] }

/** Errors of reads and writes that met a fault, and of what waited for them. */
const LOST = ['unknown', 'adapter']

/** Errors that the interleaving itself explains, for the document that is deleted now and then. */
const OF_DELETED = ['missing', 'duplicate', 'conflict']

interface Handle {
  readonly doc: DocumentStore<Doc>
  /** The state that its listeners were told last. */
  told: unknown
  /** Whether its listener has edited. */
  hasEdited: boolean
}

/** What must be stored in the end. */
export class Model {
  /** For each mark of the document that stays, whether it must be there; null: nobody knows. */
  readonly marks = new Map<string, boolean | null>()
  /** For each mark, the command that decided. Only one handle touches it, so later ones of its commands count more. */
  private readonly decided = new Map<string, number>()

  note(mark: string, isThere: boolean, command: number): void {
    if (this.marks.get(mark) === null || command < (this.decided.get(mark) ?? 0)) return
    this.decided.set(mark, command)
    this.marks.set(mark, isThere)
  }
}

/** The handles under test, and what they were asked. */
export class Real {
  readonly handles: Handle[] = []
  readonly deletable: DocumentStore<Doc>[] = []
  readonly work: Promise<unknown>[] = []
  readonly open = new Map<Handle, ReturnType<DocumentStore<Doc>['begin']>>()
  readonly problems: string[] = []
  /** Whether something was undone: a count that is set back is no longer that of the edits. */
  undoes = false
  private tokens = 0
  commands = 1

  token(): string {
    return `t${this.tokens++}`
  }

  handle(at: number): Handle {
    return this.handles[at % this.handles.length] as Handle
  }

  /** Notes what an acknowledged change did to marks, and which errors are fine. */
  watch(model: Model, promise: Promise<ChangeSet | null>, token: string | null): void {
    const command = this.commands++
    const noted = promise.then(
      change => change && noteMarks(model, change, command),
      (error: { code?: string }) => {
        if (LOST.includes(error.code ?? '')) {
          if (token !== null) model.marks.set(token, null)
          else for (const mark of model.marks.keys()) model.marks.set(mark, null)
        } else if (error.code !== 'conflict') this.problems.push(String(error))
      },
    )
    this.work.push(noted)
  }
}

function noteMarks(model: Model, change: ChangeSet, command: number): void {
  const op = change.ops.keys.get('marks')
  if (op?.kind !== 'object') return
  for (const [mark, below] of op.keys) {
    model.note(mark, below.kind !== 'unset', command)
  }
}

type Command = fc.AsyncCommand<Model, Real>

class Act implements Command {
  private readonly name: string
  private readonly act: (model: Model, real: Real) => unknown

  constructor(name: string, act: (model: Model, real: Real) => unknown) {
    this.name = name
    this.act = act
  }

  check(): boolean {
    return true
  }

  async run(model: Model, real: Real): Promise<void> {
    await this.act(model, real)
  }

  toString(): string {
    return this.name
  }
}

const handles = fc.nat({ max: 2 })

const mark = (token: string) => (draft: Doc) => {
  draft.n++
  draft.marks[token] = 1
  draft.list.push(token)
}

const edits = handles.map(
  at =>
    new Act(`edit ${at}`, (model, real) => {
      const token = real.token()
      real.watch(model, real.handle(at).doc.edit(mark(token)), token)
    }),
)

const optimisticEdits = handles.map(
  at =>
    new Act(`optimistic edit ${at}`, (model, real) => {
      const token = real.token()
      const promise = real.handle(at).doc.edit(mark(token), { optimistic: true })
      real.watch(model, promise, token)
    }),
)

const failing = handles.map(
  at =>
    new Act(`failing edit ${at}`, (_, real) => {
      const promise = real.handle(at).doc.edit(draft => {
        mark('never')(draft)
        throw 'mine'
      })
      real.work.push(
        promise.then(
          () => real.problems.push('a failing edit was stored'),
          error =>
            error === 'mine' || LOST.includes(error.code) || real.problems.push(String(error)),
        ),
      )
    }),
)

const opens = handles.map(
  at =>
    new Act(`begin ${at}`, (model, real) => {
      const handle = real.handle(at)
      const open = real.open.get(handle)
      if (open === undefined) {
        const edit = handle.doc.begin()
        real.open.set(handle, edit)
        return void ((edit.draft.marks as any)[`o${real.token()}`] = 1)
      }
      real.open.delete(handle)
      const [token = ''] = Object.keys(open.getChanges().marks ?? {}).filter(key =>
        key.startsWith('o'),
      )
      real.watch(
        model,
        open.commit().finally(() => open[Symbol.dispose]()),
        token,
      )
    }),
)

const kinds = fc.constantFrom('undo' as const, 'redo' as const)

const steps = fc.tuple(handles, kinds, fc.boolean()).map(
  ([at, kind, optimistic]) =>
    new Act(`${optimistic ? 'optimistic ' : ''}${kind} ${at}`, (model, real) => {
      real.undoes = true
      // Its outcome may be unknown, and it concerns any mark of this handle.
      real.watch(model, real.handle(at).doc[kind](optimistic ? { optimistic } : {}), null)
    }),
)

const transactions = handles.map(
  at =>
    new Act(`transaction ${at}`, (model, real) => {
      const token = real.token()
      const { doc } = real.handle(at)
      const command = real.commands++
      const promise = transaction(tx => {
        tx.edit(doc, mark(token))
      }).then(
        () => model.note(token, true, command),
        (error: { code?: string }) => {
          if (LOST.includes(error.code ?? '')) model.marks.set(token, null)
          else if (error.code !== 'conflict') real.problems.push(String(error))
        },
      )
      real.work.push(promise)
    }),
)

const reads = handles.map(
  at =>
    new Act(`reload ${at}`, (_, real) => {
      const fine = (error: { code?: string }): void => {
        if (!LOST.includes(error.code ?? '')) real.problems.push(String(error))
      }
      real.work.push(real.handle(at).doc.reload().catch(fine))
    }),
)

const deletes = fc.tuple(handles, fc.nat({ max: 2 })).map(
  ([at, what]) =>
    new Act(`${['delete', 'insert', 'edit'][what]} the other ${at}`, (_, real) => {
      const doc = real.deletable[at % real.deletable.length] as DocumentStore<Doc>
      const work =
        what === 0 ? doc.delete() : what === 1 ? doc.reload() : doc.edit(draft => void draft.n++)
      const fine = (error: { code?: string }): void => {
        if (LOST.includes(error.code ?? '') || OF_DELETED.includes(error.code ?? '')) return
        real.problems.push(String(error))
      }
      real.work.push((work as Promise<unknown>).catch(fine))
    }),
)

const waits = fc.nat({ max: 3 }).map(
  turns =>
    new Act(`wait ${turns}`, async () => {
      for (let i = 0; i < turns; i++) await new Promise(resolve => setImmediate(resolve))
    }),
)

/** Programs of commands. */
export const programs = fc.commands(
  [
    edits,
    optimisticEdits,
    failing,
    opens,
    steps,
    transactions,
    reads,
    deletes,
    waits,
    edits,
    waits,
  ],
  { maxCommands: 25 },
)

/** The setting of a program: modes of its handles, and the faults that its writes meet, in order. */
export const settings = fc.record({
  optimistic: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  concurrency: fc.constantFrom('version' as const, 'fields' as const),
  listens: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  /** Whether the listeners edit, when they hear of the first change. */
  nested: fc.boolean(),
  /** The reads that fail. */
  lostReads: fc.array(fc.boolean(), { maxLength: 8 }),
  faults: fc.array(
    fc.option(fc.constantFrom<Fault>('fail-before', 'fail-after', 'twice', 'reorder'), {
      freq: 3,
    }),
    { maxLength: 12 },
  ),
})

type Setting = typeof settings extends fc.Arbitrary<infer S> ? S : never

/** Runs a program and looks at the end. Throws where a law is broken. */
export async function runProgram(
  inner: Adapter,
  name: string,
  setting: Setting,
  commands: Iterable<Command>,
): Promise<void> {
  const model = new Model()
  const real = new Real()
  let faults: (Fault | null)[] = []
  let lostReads: boolean[] = []
  let isOver = false
  const adapter = withFaults(
    inner,
    ({ commits, method }) => {
      if (commits.length > 0) return faults.shift() ?? null
      return method === 'load' && lostReads.shift() === true ? 'fail-after' : null
    },
    { stallMS: 1 },
  )
  const { concurrency } = setting
  const open = (optimistic = false) =>
    createCollection<Doc>(name, { adapter, concurrency, optimistic })
  const empty = { n: 0, marks: {}, list: [] }
  const first = open()
  await Promise.all([
    first.insert({ _id: 'kept', ...empty }),
    first.insert({ _id: 'other', ...empty }),
  ])
  for (const [i, optimistic] of setting.optimistic.entries()) {
    const collection = open(optimistic)
    const doc = (await collection.get('kept')) as DocumentStore<Doc>
    const handle: Handle = { doc, told: doc.state, hasEdited: false }
    if (setting.listens[i] === true) {
      doc.on('change', ({ previous, state }) => {
        if (previous !== handle.told) real.problems.push('a change does not follow the last one')
        handle.told = state
        if (!setting.nested || handle.hasEdited || isOver) return
        handle.hasEdited = true
        const token = real.token()
        real.watch(model, doc.edit(mark(token), { optimistic: true }), token)
      })
    }
    doc.on('error', ({ error }) => void real.problems.push(String(error)))
    real.handles.push(handle)
    real.deletable.push((await collection.get('other')) as DocumentStore<Doc>)
  }
  faults = [...setting.faults]
  lostReads = [...setting.lostReads]
  await fc.asyncModelRun(() => ({ model, real }), commands as never)
  // Listeners may add more.
  for (let done = 0; done < real.work.length;) {
    const { length } = real.work
    await Promise.all(real.work)
    done = length
  }
  for (const edit of real.open.values()) edit.rollback()
  isOver = true
  faults = []
  lostReads = []
  for (const { doc } of real.handles) await doc.settled()
  const stored = (await open().get('kept'))?.state as Doc
  for (const [token, isThere] of model.marks) {
    if (isThere === null || isThere === Object.hasOwn(stored.marks, token)) continue
    real.problems.push(`${token} is ${isThere ? 'lost' : 'there'}`)
  }
  const names = stored.list.filter((token, i) => stored.list.indexOf(token) !== i)
  if (names.length > 0) real.problems.push(`applied twice: ${names.join()}`)
  const inMarks = Object.keys(stored.marks).filter(token => token.startsWith('t'))
  if ([...stored.list].sort().join() !== inMarks.sort().join())
    real.problems.push(`half of an edit: ${stored.list.join()} against ${inMarks.join()}`)
  if (!real.undoes && stored.n !== stored.list.length)
    real.problems.push(`n is ${stored.n} of ${stored.list.length}`)
  if (Object.hasOwn(stored.marks, 'never')) real.problems.push('a failing edit is stored')
  for (const { doc } of real.handles) {
    await doc.reload()
    if (JSON.stringify(sorted(doc.state)) !== JSON.stringify(sorted(stored)))
      real.problems.push(
        `a handle ends at ${JSON.stringify(doc.state)}, stored is ${JSON.stringify(stored)}`,
      )
    if (doc.pending !== 0) real.problems.push(`${doc.pending} edits are pending`)
  }
  if (real.problems.length > 0) throw new Error(real.problems.join('; '))
}

/** Objects have no order. */
const sorted = (state: object): unknown => {
  const { marks, ...rest } = state as Doc
  return [Object.entries(rest).sort(), Object.keys(marks).sort()]
}

/** Checks so many programs on an adapter, each in a collection of its own. */
export async function checkPrograms(adapter: Adapter, runs: number, seed: number): Promise<void> {
  let number = 0
  await fc.assert(
    fc.asyncProperty(settings, programs, (setting, commands) =>
      runProgram(adapter, `p${seed}-${number++}`, setting, commands),
    ),
    { numRuns: runs, seed, includeErrorInReport: true },
  )
}
