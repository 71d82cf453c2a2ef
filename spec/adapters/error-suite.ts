// Each code of an error, provoked on an adapter; no text says a value of a document.
import {
  ChangeSet,
  CowslipError,
  createCollection,
  createStore,
  type Adapter,
  type Collection,
  type CommitResult,
  type DocumentStore,
  type ErrorCode,
} from 'cowslip'

import * as assert from 'uvu/assert'
import { z } from 'zod'
import { suite } from '../support/suite.ts'

const SECRET = 'SECRET-VALUE'

interface Bench {
  readonly c: Collection<any>
  /** Stored, and full of secrets. */
  readonly doc: DocumentStore<any>
  readonly adapter: Adapter
  /** A collection on the same storage, whose next calls end so. */
  broken(answers: {
    commit?: () => Promise<CommitResult>
    load?: () => Promise<never>
  }): Promise<DocumentStore<any>>
}

/** Passes calls on, but for those that answer otherwise. */
function altered(inner: Adapter, answers: Parameters<Bench['broken']>[0]): Adapter {
  return {
    capabilities: inner.capabilities,
    load: (c, ids, options) => answers.load?.() ?? inner.load(c, ids, options),
    find: (c, query, options) => inner.find(c, query, options),
    commit: (commit, options) => {
      const answer = commit.kind === 'update' ? answers.commit?.() : undefined
      return answer ?? inner.commit(commit, options)
    },
    close: () => inner.close(),
  }
}

const never = new Promise<never>(() => {})

/** How each code comes about; true: its text names the document. */
const PROVOKED: Readonly<
  Record<ErrorCode, readonly [named: boolean, act: (bench: Bench) => unknown]>
> = {
  'unsupported-value': [false, ({ doc }) => doc.edit(d => void (d.text = () => SECRET))],
  cycle: [
    false,
    ({ doc }) => {
      const node: any = { secret: SECRET }
      node.self = node
      return doc.patch({ node })
    },
  ],
  hole: [false, ({ doc }) => doc.patch({ list: [SECRET, undefined] })],
  'late-write': [
    false,
    ({ doc }) =>
      doc.edit(d => {
        const item = { secret: SECRET }
        d.list.push(item)
        item.secret = `${SECRET}!`
      }),
  ],
  'bad-path': [
    false,
    ({ doc }) => {
      const edit = doc.begin()
      edit.draft.list.unshift({ secret: SECRET })
      edit.rollback('list.0.secret')
    },
  ],
  'bad-argument': [false, ({ c }) => c.find({ text: SECRET }, { limit: -1 }).toArray()],
  'ended-draft': [
    false,
    async ({ doc }) => {
      let leaked: any
      await doc.edit(d => void (leaked = d))
      leaked.text = SECRET
    },
  ],
  'ended-edit': [
    false,
    ({ doc }) => {
      const edit = doc.begin()
      edit.rollback()
      edit.isModified()
    },
  ],
  failed: [
    false,
    ({ c }) =>
      c.editMany({}, () => {
        throw new Error(SECRET)
      }),
  ],
  unreadable: [
    true,
    ({ adapter }) => {
      const computed = {
        x: ({ text }: any) => {
          if (text === SECRET) throw new Error(SECRET)
        },
      }
      const c = createCollection<any>('errors', { adapter, computed })
      return c.get('the-id')
    },
  ],
  'async-recipe': [false, ({ doc }) => doc.edit(async d => void (d.text = SECRET))],
  'returned-value': [false, ({ doc }) => doc.edit(() => ({ text: SECRET }))],
  'nested-edit': [
    false,
    async ({ doc }) => {
      let inner: Promise<unknown> = Promise.resolve()
      await doc.edit(() => void (inner = doc.edit(d => void (d.text = SECRET))))
      await inner
    },
  ],
  'listener-loop': [
    false,
    () => {
      // Listeners of a document edit later, so that a loop is one of a store in memory.
      const store = createStore({ n: 0, text: SECRET })
      let failure: unknown
      store.on('error', ({ error }) => void (failure = error))
      store.subscribe(() => void store.edit(d => void d.n++))
      store.edit(d => void d.n++)
      throw failure
    },
  ],
  'needs-base': [
    false,
    async ({ doc }) => {
      const change = await doc.edit(d => void (d.text = `${SECRET}!`))
      return ChangeSet.from(change!.toJSON()).changes
    },
  ],
  busy: [
    true,
    async ({ adapter, doc }) => {
      const c = createCollection<any>('errors', { adapter, maxPending: 1 })
      const few = (await c.get(doc.id))!
      const first = few.edit(d => void (d.text = `${SECRET}!`))
      try {
        await few.edit(d => void (d.text = `${SECRET}?`))
      } finally {
        await first
      }
    },
  ],
  conflict: [true, ({ doc }) => doc.edit(d => void (d.text = 'x'), { ifVersion: 0 })],
  missing: [
    true,
    async ({ c, doc }) => {
      await c.delete(doc.id)
      await doc.edit(d => void (d.text = 'x'))
    },
  ],
  duplicate: [true, ({ c, doc }) => c.insert({ _id: doc.id, text: SECRET })],
  rejected: [
    true,
    async ({ broken }) => {
      const error = new Error(`bad: ${SECRET}`)
      const doc = await broken({
        commit: async () => ({ status: 'rejected', code: 'validator', error }),
      })
      await doc.edit(d => void (d.text = `${SECRET}!`))
    },
  ],
  invalid: [
    true,
    async ({ adapter, doc }) => {
      const schema = z.object({ _id: z.any(), text: z.string().max(12, 'too long') })
      const c = createCollection<any>('errors', { adapter, schema })
      await (await c.get(doc.id))!.edit(d => void (d.text = `${SECRET}, and more`))
    },
  ],
  unknown: [
    true,
    async ({ broken }) => {
      const doc = await broken({ commit: () => never })
      await doc.edit(d => void (d.text = `${SECRET}!`), { timeoutMS: 10 })
    },
  ],
  'immutable-field': [true, ({ doc }) => doc.edit(d => void (d._id = SECRET))],
  'unsupported-query': [false, ({ c }) => c.find({ text: { $nonsense: SECRET } }).toArray()],
  adapter: [
    false,
    async ({ broken }) => {
      const answers: Parameters<Bench['broken']>[0] = {}
      const doc = await broken(answers)
      answers.load = () => Promise.reject(new TypeError('the disk is gone'))
      await doc.reload()
    },
  ],
  closed: [
    false,
    async ({ c, doc }) => {
      await c.close()
      await doc.edit(d => void (d.text = SECRET))
    },
  ],
  timeout: [
    true,
    async ({ broken }) => {
      const answers: Parameters<Bench['broken']>[0] = {}
      const doc = await broken(answers)
      answers.load = () => never
      await doc.reload({ timeoutMS: 10 })
    },
  ],
}

/** Provokes every code; `open` gives a storage of its own each time. */
export function errorSuite(name: string, open: () => Adapter): void {
  const test = suite(`errors on ${name}`)
  for (const [code, [named, act]] of Object.entries(PROVOKED)) {
    test(code, async () => {
      const adapter = open()
      const c = createCollection<any>('errors', { adapter })
      const doc = await c.insert({
        _id: 'the-id',
        text: SECRET,
        list: [{ secret: SECRET }],
        deep: { secret: SECRET },
      })
      const broken: Bench['broken'] = async answers =>
        (await createCollection<any>('errors', { adapter: altered(adapter, answers) }).get(
          'the-id',
        ))!
      let failure: unknown
      try {
        await act({ c, doc, adapter, broken })
      } catch (error) {
        failure = error
      }
      assert.instance(failure, CowslipError, `${code} is provoked: ${String(failure)}`)
      const { code: received, message, details } = failure as CowslipError
      assert.is(received, code)
      assert.match(message, /^Expected [^]+\. Received [^]+\. [A-Z][^]+\.$/, 'three sentences')
      assert.not(message.includes(SECRET), message)
      if (named) assert.ok(/the-id/.test(message) && /"errors"/.test(message), message)
      if (code !== 'conflict' && code !== 'invalid')
        assert.not(JSON.stringify(details).includes(SECRET))
      await adapter.close({ timeoutMS: 1_000 }).catch(() => {})
    })
  }
  test.run()
}
