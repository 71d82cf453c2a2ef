import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { adapterContract, type Adapter } from 'cowslip/adapter-contract'
import { createCollection } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'
import * as bson from 'bson'
import { open } from 'lmdb'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

const root = mkdtempSync(join('build', 'lmdb-'))
process.on('exit', () => rmSync(root, { recursive: true, force: true }))
let folders = 0
const folder = (): string => join(root, `db${folders++}`)

const contract = suite('lmdbAdapter keeps the contract')
for (const { name, run } of adapterContract(() => lmdbAdapter({ path: folder() })))
  contract(name, run)
contract.run()

const disk = suite('lmdbAdapter on disk')

const insert = (adapter: Adapter, next: { _id: unknown }) =>
  adapter.commit({
    kind: 'insert',
    collection: 'c',
    id: next._id,
    commitId: `i${String(next._id)}`,
    next,
  })

disk('documents are there after a reopen, with version and commit', async () => {
  const path = folder()
  const one = lmdbAdapter({ path })
  await insert(one, { _id: 'a' })
  await one.close()
  const two = lmdbAdapter({ path })
  assert.equal(await two.load('c', ['a']), [{ doc: { _id: 'a' }, version: 1, commitId: 'ia' }])
  await two.close()
})

disk(
  'a document of a thousand levels, built step by step, is read again; one more is refused',
  async () => {
    const path = folder()
    const one = lmdbAdapter({ path })
    const doc = await createCollection<any>('c', { adapter: one }).insert({ _id: 'a' })
    await doc.edit((draft: any) => {
      let at = draft
      for (let level = 1; level < 1_000; level++) {
        at.v = {}
        at = at.v
      }
    })
    const end = (draft: any): any => {
      let at = draft
      while (at.v !== undefined) at = at.v
      return at
    }
    const refused = await doc
      .edit((draft: any) => void (end(draft).v = []))
      .catch((error: unknown) => error)
    assert.ok(code('unsupported-value')(refused))
    await one.close()
    const two = lmdbAdapter({ path })
    const [found] = await createCollection<any>('c', { adapter: two }).find({}).toArray()
    assert.is(found?.version, 2)
    assert.equal(end(found?.state), {})
    await two.close()
  },
)

disk('every type comes back as it was', async () => {
  const adapter = lmdbAdapter({ path: folder(), bson })
  const c = createCollection<any>('c', { adapter })
  const doc = {
    _id: new bson.ObjectId(),
    at: new Date(5),
    invalid: new Date(NaN),
    pattern: /a"b/gi,
    bytes: new Uint8Array([0, 255]),
    buffer: Buffer.from('x'),
    big: 2n ** 80n,
    nan: NaN,
    inf: -Infinity,
    zero: -0,
    long: bson.Long.fromString('9007199254740993'),
    int: new bson.Int32(1),
    double: new bson.Double(1),
    decimal: bson.Decimal128.fromString('1.10'),
    binary: new bson.Binary(Buffer.from('ab'), 5),
    uuid: new bson.UUID(),
    stamp: new bson.Timestamp({ t: 1, i: 2 }),
    re: new bson.BSONRegExp('a', 'i'),
    code: new bson.Code('f', { x: 1 }),
    ref: new bson.DBRef('c', new bson.ObjectId()),
    symbol: new bson.BSONSymbol('s'),
    min: new bson.MinKey(),
    max: new bson.MaxKey(),
    hostile: JSON.parse('{"__proto__": {"a": 1}, "$cow": ["date", 1], "": 0, "a.b": 1, "$set": 1}'),
    surrogate: '\ud800',
  }
  await c.insert(doc)
  const [stored] = await adapter.load('c', [doc._id])
  const read = stored?.doc as Record<string, unknown>
  const wrapped = c.wrap(doc).state
  assert.equal(Object.keys(read), Object.keys(doc))
  for (const [key, value] of Object.entries(doc)) {
    assert.is(Object.getPrototypeOf(Object(read[key])), Object.getPrototypeOf(Object(value)), key)
  }
  // What is read equals what was written, by the library's own equality.
  assert.is(await (await c.get(doc._id))!.patch(wrapped), null)
  await adapter.close()
})

disk('ids of every kind are apart', async () => {
  const adapter = lmdbAdapter({ path: folder() })
  const c = createCollection<any>('c', { adapter })
  const hex = '65a1b2c3d4e5f60718293a4b'
  const ids = ['1', 1, 2n, 1.5, '', 'ä\u0000b', new bson.ObjectId(hex), hex, new bson.UUID()]
  for (const _id of ids) await c.insert({ _id })
  assert.is(await c.count(), ids.length)
  for (const id of ids) assert.equal((await c.get(id))?.id, id)
  await adapter.close()
})

disk('ids that are too long or ill-formed are refused before anything is put', async () => {
  const adapter = lmdbAdapter({ path: folder() })
  for (const _id of ['x'.repeat(1_950), 'ä'.repeat(1_000), '\ud800']) {
    await insert(adapter, { _id }).then(
      () => assert.unreachable(),
      error => assert.ok(code('bad-argument')(error)),
    )
  }
  await insert(adapter, { _id: 'x'.repeat(1_800) })
  await adapter.close()
})

disk('one that is refused does not fail the writes beside it', async () => {
  const adapter = lmdbAdapter({ path: folder() })
  const docs = createCollection<any>('docs', { adapter })
  const ids = ['a', 'x'.repeat(3_000), 'b', '\ud800', 'c']
  const results = await Promise.allSettled(ids.map(_id => docs.insert({ _id })))
  assert.equal(
    results.map(result => (result.status === 'fulfilled' ? 'stored' : result.reason.code)),
    ['stored', 'bad-argument', 'stored', 'bad-argument', 'stored'],
  )
  assert.is(await docs.count(), 3)
  await adapter.close()
})

disk('a value that could not be read again is refused on write', async () => {
  class Money {
    readonly cents = 1
  }
  const adapter = lmdbAdapter({ path: folder() })
  const leaf = { is: (v: object) => v instanceof Money, equals: () => true }
  const c = createCollection<any>('c', { adapter, leaves: [leaf] })
  for (const doc of [
    { _id: 1, m: new Money() },
    { _id: 1, m: bson.Long.fromNumber(1, true) },
  ]) {
    await c.insert(doc).then(
      () => assert.unreachable(),
      error => assert.ok(['unsupported-value', 'bad-argument'].includes(error.code), String(error)),
    )
  }
  assert.is(await c.get(1), null)
  const encoded = { ...leaf, name: 'money', encode: () => 1, decode: () => new Money() }
  const good = createCollection<any>('good', { adapter, leaves: [encoded] })
  await good.insert({ _id: 1, m: new Money() })
  const [stored] = await adapter.load('good', [1])
  assert.instance((stored?.doc as { m: unknown }).m, Money)
  await adapter.close()
})

disk('opening a collection reads nothing', async () => {
  const path = folder()
  const adapter = lmdbAdapter({ path })
  await Promise.all(Array.from({ length: 10_000 }, (_, _id) => insert(adapter, { _id })))
  await adapter.close()
  const again = lmdbAdapter({ path })
  let reads = 0
  const counted: Adapter = {
    ...again,
    capabilities: again.capabilities,
    open: (name, options) => again.open?.(name, options),
    load: (name, ids) => (reads++, again.load(name, ids)),
    find: (name, query) => (reads++, again.find(name, query)),
    commit: commit => again.commit(commit),
    close: () => again.close(),
  }
  const c = createCollection<any>('c', { adapter: counted })
  assert.is(reads, 0)
  assert.is((await c.get(9_999))?.id, 9_999)
  assert.is(reads, 1)
  await again.close()
})

disk('two adapters on one folder see and guard each other', async () => {
  const path = folder()
  const [one, two] = [lmdbAdapter({ path }), lmdbAdapter({ path })]
  const [a, b] = [one, two].map(adapter => createCollection<any>('c', { adapter }))
  const mine = await a!.insert({ _id: 1, n: 0 })
  const other = (await b!.get(1))!
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      await mine.edit(d => void d.n++)
      await other.edit(d => void d.n++)
    }),
  )
  assert.is((await a!.get(1))!.state.n, 40)
  await one.close()
  await other.edit(d => void d.n++)
  assert.is(other.state.n, 41)
  await two.close()
})

disk('a writer is not misled by what it wrote last, when another has written since', async () => {
  const path = folder()
  const [one, two] = [lmdbAdapter({ path }), lmdbAdapter({ path })]
  const update = (adapter: Adapter, version: number, last: string, commitId: string) =>
    adapter.commit({
      kind: 'update',
      collection: 'c',
      id: 'a',
      commitId,
      next: { _id: 'a', by: commitId },
      changeSet: null as never,
      guard: { version, commitId: last },
    })
  await insert(one, { _id: 'a' })
  assert.is((await update(one, 1, 'ia', 'u1')).status, 'committed')
  assert.is((await update(two, 2, 'u1', 'u2')).status, 'committed')
  assert.is((await update(one, 2, 'u1', 'stale')).status, 'conflict')
  assert.is((await update(one, 3, 'u2', 'u3')).status, 'committed')
  assert.is((await update(two, 4, 'u3', 'u4')).status, 'committed')
  assert.is((await update(one, 5, 'u4', 'u5')).status, 'committed')
  for (let v = 6; v < 300; v++) {
    const result = await update(v % 2 === 0 ? two : one, v, `u${v - 1}`, `u${v}`)
    assert.is(result.status, 'committed', `${v}`)
  }
  await Promise.all([one.close(), two.close()])
})

disk('close drains what is pending', async () => {
  const path = folder()
  const adapter = lmdbAdapter({ path })
  await insert(adapter, { _id: 'first' })
  const pending = Array.from({ length: 200 }, (_, _id) => insert(adapter, { _id }))
  await adapter.close()
  assert.ok((await Promise.all(pending)).every(({ status }) => status === 'committed'))
  const again = lmdbAdapter({ path })
  assert.ok((await again.load('c', [0, 199])).every(Boolean))
  await again.close()
})

disk('a foreign, torn or misplaced file gives a clear error, and stays as it is', async () => {
  const refused = (path: string, text: RegExp) => {
    assert.throws(
      () => lmdbAdapter({ path }),
      (error: Error) => code('adapter')(error) && text.test(error.message),
    )
  }
  const file = join(root, 'file')
  writeFileSync(file, 'garbage')
  refused(file, /it is a file/)
  refused(join(file, 'below'), /cannot be used/)
  refused('/proc/nowhere/db', /cannot be used/)
  const foreign = folder()
  mkdirSync(foreign)
  writeFileSync(join(foreign, 'data.mdb'), 'garbage'.repeat(4_000))
  refused(foreign, /none of LMDB's/)
  assert.is(readFileSync(join(foreign, 'data.mdb'), 'utf8'), 'garbage'.repeat(4_000))
  writeFileSync(join(foreign, 'data.mdb'), 'short')
  refused(foreign, /none of LMDB's/)
  const torn = folder()
  const adapter = lmdbAdapter({ path: torn })
  for (let _id = 0; _id < 50; _id++) await insert(adapter, { _id, x: 'x'.repeat(2_000) } as never)
  await adapter.close()
  truncateSync(join(torn, 'data.mdb'), 40_000)
  refused(torn, /is torn/)
  for (const path of [undefined, 5, '', 'a\0b']) {
    assert.throws(() => lmdbAdapter({ path: path as never }), code('bad-argument'))
  }
  assert.throws(() => lmdbAdapter(null as never), code('bad-argument'))
})

disk('a full disk gives a clear error, loses nothing, and takes nobody down', async () => {
  const path = folder()
  const program = `
    import { createCollection } from 'cowslip'
    import { lmdbAdapter } from 'cowslip/lmdb'
    process.on('SIGXFSZ', () => {})
    const adapter = lmdbAdapter({ path: ${JSON.stringify(path)} })
    const c = createCollection('c', { adapter })
    let n = 0
    try {
      for (;; n++) await c.insert({ _id: n, x: 'x'.repeat(5_000) })
    } catch (error) {
      console.log(n, error.code, error.message)
    }
    await adapter.close()`
  const command = 'ulimit -f 4000; exec "$0" --input-type=module -e "$1"'
  const { status, stdout } = spawnSync('/bin/sh', ['-c', command, process.execPath, program], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  assert.is(status, 0, stdout)
  const [, count, reason] = /^(\d+) adapter (.*)$/m.exec(stdout) ?? []
  assert.match(String(reason), /Input\/output error|File too large|No space left/)
  const adapter = lmdbAdapter({ path })
  const found = await createCollection('c', { adapter }).count()
  assert.ok(found >= Number(count), `${found} of ${count}`)
  await adapter.close()
})

/** A file as the versions of before laid it out. */
async function ofLayoutOne(keys: readonly string[]): Promise<string> {
  const path = folder()
  const database = open<string, string[]>({
    path,
    noSubdir: false,
    encoding: 'string',
    useVersions: true,
  })
  for (const [i, key] of keys.entries()) {
    const doc = JSON.stringify({ n: i })
    await database.put(['c', key], `[${i + 1},"c${i}"]\n${doc}`, i + 7)
  }
  await database.close()
  return path
}

disk('a file of layout 1 is brought on, once, with every document', async () => {
  const hex = '00112233445566778899aabb'
  const uuid = '00112233-4455-6677-8899-aabbccddeeff'
  const keys = ['n5', 'n-0.5', 'n1e+21', 'i9007199254740993', 'sn5', 'stext', `o${hex}`, `u${uuid}`]
  const path = await ofLayoutOne(keys)
  const ids = [
    5,
    -0.5,
    1e21,
    9_007_199_254_740_993n,
    'n5',
    'text',
    new bson.ObjectId(hex),
    new bson.UUID(uuid),
  ]
  for (let times = 0; times < 2; times++) {
    const adapter = lmdbAdapter({ path })
    const stored = await adapter.load('c', ids)
    assert.equal(
      stored,
      keys.map((_, i) => ({ doc: { n: i }, version: i + 1, commitId: `c${i}` })),
    )
    const found: unknown[] = []
    for await (const { doc } of adapter.find('c', {})) found.push((doc as any).n)
    assert.equal(found, [1, 0, 3, 2, 4, 5, 7, 6], 'in the order of BSON')
    await adapter.close()
  }
})

disk('a file that cannot be brought on, or is of a later layout, is left as it is', async () => {
  const path = await ofLayoutOne(['n5', 'i5'])
  assert.throws(() => lmdbAdapter({ path }), code('adapter'))
  const database = open<string, string[]>({
    path,
    noSubdir: false,
    encoding: 'string',
    useVersions: true,
  })
  assert.equal(
    [...database.getKeys()],
    [
      ['c', 'i5'],
      ['c', 'n5'],
    ],
  )
  await database.remove(['c', 'i5'])
  await database.close()
  const adapter = lmdbAdapter({ path })
  assert.equal((await adapter.load('c', [5n]))[0]?.doc, { n: 0 })
  await adapter.close()
  const later = open<string, string[]>({
    path,
    noSubdir: false,
    encoding: 'string',
    useVersions: true,
  })
  await later.put(['', 'layout'], '4')
  await later.close()
  assert.throws(() => lmdbAdapter({ path }), code('adapter'))
})

disk.run()
