import { type } from 'arktype'
import { InvalidError, createCollection, transaction, type Collection } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import { memoryAdapter } from 'cowslip/memory'
import * as assert from 'uvu/assert'
import * as v from 'valibot'
import { z } from 'zod'
import { suite } from '../support/suite.ts'
import { rejects } from './people.ts'

const adapter = memoryAdapter()
let collections = 0
/** A collection that only this spec knows, and the same without a schema. */
const named = (): string => `c${collections++}`
const raw = (name: string, to: Adapter = adapter): Collection<any> =>
  createCollection<any>(name, { adapter: to })

const PERSON = {
  zod: z.object({
    _id: z.number(),
    name: z.string().trim(),
    role: z.string().default('user'),
    age: z.number().min(0).optional(),
    tags: z
      .array(z.object({ label: z.string().trim(), hot: z.boolean().default(false) }))
      .default([]),
  }),
  valibot: v.object({
    _id: v.number(),
    name: v.pipe(v.string(), v.trim()),
    role: v.optional(v.string(), 'user'),
    age: v.optional(v.pipe(v.number(), v.minValue(0))),
    tags: v.optional(
      v.array(
        v.object({ label: v.pipe(v.string(), v.trim()), hot: v.optional(v.boolean(), false) }),
      ),
      [],
    ),
  }),
  arktype: type({
    _id: 'number',
    name: 'string.trim',
    role: "string = 'user'",
    'age?': 'number >= 0',
    tags: type({ label: 'string.trim', hot: 'boolean = false' })
      .array()
      .default(() => []),
  }),
} as const

for (const [library, schema] of Object.entries(PERSON)) {
  const test = suite(`a schema of ${library}`)
  const open = (name = named()): Collection<any> => createCollection<any>(name, { adapter, schema })

  test('its output is stored on insert, with defaults', async () => {
    const name = named()
    const doc = await open(name).insert({ _id: 1, name: ' Ada ', tags: [{ label: ' x ' }] })
    const expected = { _id: 1, name: 'Ada', tags: [{ label: 'x', hot: false }], role: 'user' }
    assert.equal([doc.state, doc.version], [expected, 1])
    assert.equal((await raw(name).get(1))!.state, expected)
  })

  test('an edit takes what it made of what was touched, and defaults, and says so', async () => {
    const name = named()
    // Somebody else's document: of an older shape, with more than the schema knows.
    await raw(name).insert({
      _id: 1,
      name: ' Ada ',
      note: 'mine',
      tags: [
        { label: ' a ', extra: 1 },
        { label: 'b', hot: true },
      ],
    })
    const doc = (await open(name).get(1))!
    const change = await doc.edit((d: any) => {
      d.tags.unshift({ label: ' new ' })
      d.tags[2].label = ' B '
    })
    assert.equal(doc.state, {
      _id: 1,
      name: ' Ada ',
      note: 'mine',
      tags: [
        { label: 'new', hot: false },
        { label: ' a ', extra: 1, hot: false },
        { label: 'B', hot: true },
      ],
      role: 'user',
    })
    assert.equal(change?.touched.toSorted(), ['role', 'tags'])
    assert.equal((await raw(name).get(1))!.state, doc.state)
    // What was trimmed to what it was is no change.
    assert.is(await doc.edit((d: any) => (d.tags[0].label = ' new ')), null)
    assert.is(doc.version, 2)
    // A key that was taken away comes back where there is a default.
    await doc.edit((d: any) => void delete d.role)
    assert.is(doc.state.role, 'user')
  })

  test('refuses with paths and messages, before anything is sent', async () => {
    const c = open()
    const error = await rejects(c.insert({ _id: 1, name: 5, tags: [{ label: 1 }] }), 'invalid')
    assert.instance(error, InvalidError)
    assert.is(error.issues, error.details.issues)
    assert.equal(error.issues.map(({ path }: any) => path.join('.')).toSorted(), [
      'name',
      'tags.0.label',
    ])
    for (const { path, message } of error.issues) {
      const place = path.length === 1 ? '"name"' : '"tags[0].label"'
      assert.ok(error.message.includes(`${place}: ${message}`), error.message)
    }
    const doc = await c.insert({ _id: 1, name: 'Ada' })
    await rejects(doc.patch({ age: -1 }), 'invalid')
    const edit = doc.begin()
    edit.draft.age = -1
    await rejects(edit.commit(), 'invalid')
    edit.draft.age = 1
    await edit.commit()
    await rejects(
      transaction(tx => tx.edit(doc, d => void (d.age = -1))),
      'invalid',
    )
    await rejects(
      transaction(tx => tx.insert(c, { _id: 2 })),
      'invalid',
    )
    assert.equal([doc.state.age, doc.version, await c.count()], [1, 2, 1])
    await transaction(tx => {
      tx.edit(doc, d => void (d.name = ' Grace '))
      tx.insert(c, { _id: 3, name: ' x ' })
    })
    assert.equal([doc.state.name, (await c.get(3))!.state.name], ['Grace', 'x'])
  })

  test('a stored document that it refuses is read, and edited where that brings no new issue', async () => {
    const name = named()
    await raw(name).insert({
      _id: 1,
      name: 'Ada',
      age: -5,
      role: 'user',
      tags: [
        { label: 'a', hot: false },
        { label: 7, hot: false },
      ],
    })
    const doc = (await open(name).get(1))!
    await doc.edit((d: any) => void (d.name = 'Grace'))
    // The issue moves with its element.
    await doc.edit((d: any) => void d.tags.unshift({ label: 'new', hot: true }))
    assert.equal(
      doc.state.tags.map(({ label }: any) => label),
      ['new', 'a', 7],
    )
    await rejects(
      doc.edit((d: any) => void (d.tags[0].label = 8)),
      'invalid',
    )
    const error = await rejects(
      doc.edit((d: any) => void (d.role = 9)),
      'invalid',
    )
    assert.equal(
      error.issues.map(({ path }: any) => path),
      [['role']],
    )
    await doc.edit((d: any) => void (d.tags.length = 2))
    await doc.edit((d: any) => void (d.age = 5))
    await rejects(
      doc.edit((d: any) => void (d.age = -5)),
      'invalid',
    )
    assert.equal([doc.state.age, doc.version], [5, 5])
  })

  test.run()
}

const test = suite('a schema')

test('that does not leave its own output as it is is refused at the first insert', async () => {
  let n = 0
  const schemas = [
    z.object({ _id: z.number(), password: z.string().transform(text => `hash(${text})`) }),
    z.object({
      _id: z.number(),
      n: z
        .number()
        .default(0)
        .transform(n => n + 1),
    }),
    z.object({ _id: z.number(), at: z.any().transform(() => n++) }),
    z.object({ _id: z.number(), born: z.string().transform(text => new Date(text)) }),
  ]
  for (const schema of schemas) {
    const c = createCollection<any>(named(), { adapter, schema })
    await rejects(c.insert({ _id: 1, password: 'x', born: '2000-01-01', at: 1 }), 'bad-argument')
    assert.is(await c.count(), 0)
  }
  const born = z.object({ _id: z.number(), born: z.coerce.date() })
  const doc = await createCollection(named(), { adapter, schema: born }).insert({
    _id: 1,
    born: '2000-01-01',
  })
  assert.equal(doc.state.born, new Date('2000-01-01'))
})

test('that knows of no `_id` keeps it, and a wrapped document shows its output when it is stored', async () => {
  const schema = z.object({ name: z.string().trim() })
  const c = createCollection(named(), { adapter, schema })
  const doc = c.wrap({ name: ' Ada ' })
  assert.is(doc.state.name, ' Ada ')
  const change = await doc.commit()
  assert.equal([doc.state.name, change?.changes.name], ['Ada', 'Ada'])
  assert.ok(doc.id)
  await rejects(
    createCollection<any>(named(), { adapter, schema: z.any().transform(() => 5) }).insert({}),
    'bad-argument',
  )
})

test('gives the types: what is inserted, and what is read', async () => {
  const c = createCollection(named(), { adapter, schema: PERSON.zod })
  const doc = await c.insert({ _id: 1, name: 'Ada' })
  const role: string = doc.state.role
  await doc.edit(draft => {
    draft.tags.push({ label: 'x', hot: true })
    // @ts-expect-error no such field
    draft.nonsense = 1
  })
  // @ts-expect-error a name is a text
  await rejects(c.insert({ _id: 2, name: 5 }), 'invalid')
  assert.is(role, 'user')
  const other = await createCollection(named(), { adapter, schema: PERSON.valibot }).insert({
    _id: 1,
    name: 'x',
  })
  const hot: boolean | undefined = other.state.tags[0]?.hot
  const third = await createCollection(named(), { adapter, schema: PERSON.arktype }).insert({
    _id: 1,
    name: 'x',
  })
  const label: string | undefined = third.state.tags[0]?.label
  assert.equal([hot, label], [undefined, undefined])
  // @ts-expect-error a number
  await third.edit(draft => void (draft.age = '5')).catch(() => {})
})

test('explain shows what the schema makes of a change', async () => {
  const c = createCollection(named(), { adapter, schema: PERSON.zod })
  const doc = await c.insert({ _id: 1, name: 'Ada' })
  const edit = doc.begin()
  edit.draft.name = ' Grace '
  assert.is((c.explain(edit.changeSet()) as any).next.name, 'Grace')
})

test.run()
