import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

const test = suite('the structure of lib')

/** The rooms each room may import, beside itself. Entry files may import any. */
const ROOMS: Record<string, readonly string[]> = {
  document: [],
  changes: ['document'],
  draft: ['document', 'changes'],
  events: ['document', 'changes'],
  adapters: ['document', 'changes'],
  'adapters/encoding': ['document', 'changes', 'adapters'],
  'adapters/contract-tests': ['document', 'changes', 'adapters'],
  'adapters/query': ['document', 'adapters'],
  'adapters/indexes': ['document', 'adapters', 'adapters/query'],
  'adapters/memory': ['document', 'changes', 'adapters', 'adapters/query', 'adapters/indexes'],
  'adapters/mongodb': [
    'document',
    'changes',
    'adapters',
    'adapters/query',
    'adapters/indexes',
    'adapters/mongodb/update',
    'adapters/mongodb/writes',
  ],
  'adapters/mongodb/writes': [
    'document',
    'changes',
    'adapters',
    'adapters/mongodb',
    'adapters/mongodb/update',
  ],
  'adapters/mongodb/update': ['document', 'changes', 'adapters'],
  'adapters/lmdb': [
    'document',
    'changes',
    'adapters',
    'adapters/query',
    'adapters/indexes',
    'adapters/encoding',
    'adapters/lmdb/indexes',
    'adapters/lmdb/reading',
  ],
  'adapters/lmdb/indexes': [
    'changes',
    'adapters',
    'adapters/encoding',
    'adapters/indexes',
    'adapters/lmdb',
  ],
  'adapters/lmdb/reading': [
    'adapters',
    'adapters/encoding',
    'adapters/query',
    'adapters/indexes',
    'adapters/lmdb',
    'adapters/lmdb/indexes',
  ],
  'adapters/indexeddb': [
    'document',
    'changes',
    'adapters',
    'adapters/query',
    'adapters/indexes',
    'adapters/encoding',
  ],
  store: ['document', 'changes', 'draft', 'events', 'adapters'],
  collection: ['document', 'changes', 'draft', 'events', 'adapters', 'store'],
  persist: ['document', 'changes', 'draft', 'store'],
  devtools: ['document', 'changes', 'store'],
  react: ['document', 'changes', 'store', 'collection'],
}

/** The folders of its own room that a folder may import, beside itself, where not all of them. */
const WITHIN: Record<string, readonly string[]> = {
  'changes/ops': ['changes', 'changes/arrays'],
  'changes/arrays': ['changes', 'changes/ops'],
  'changes/diff': ['changes', 'changes/ops', 'changes/arrays'],
  'changes/encodings': ['changes', 'changes/ops', 'changes/arrays'],
  draft: ['draft/arrays', 'draft/collections'],
  'draft/arrays': ['draft'],
  'draft/collections': ['draft', 'draft/arrays'],
  'draft/produce': ['draft', 'draft/arrays', 'draft/collections'],
  'draft/strict': ['draft', 'draft/arrays', 'draft/collections'],
  'store/edits': ['store'],
  'store/history': ['store', 'store/edits'],
  collection: [
    'collection/trail',
    'collection/calls',
    'collection/cursor',
    'collection/document',
    'collection/fields',
    'collection/many',
    'collection/references',
    'collection/schema',
    'collection/history',
    'collection/transaction',
    'collection/transaction/undo',
    'collection/versions',
    'collection/watch',
  ],
  'collection/cursor': ['collection', 'collection/calls', 'collection/references'],
  'collection/references': ['collection', 'collection/cursor'],
  'collection/many': ['collection', 'collection/calls', 'collection/document', 'collection/fields'],
  'collection/watch': ['collection', 'collection/calls', 'collection/document'],
  'collection/calls': [],
  'collection/document': [
    'collection',
    'collection/trail',
    'collection/calls',
    'collection/fields',
    'collection/history',
    'collection/pipeline',
    'collection/schema',
    'collection/versions',
  ],
  'collection/pipeline': [],
  'collection/schema': ['collection', 'collection/calls'],
  'collection/versions': ['collection', 'collection/calls'],
  'collection/fields': [
    'collection',
    'collection/calls',
    'collection/pipeline',
    'collection/schema',
    'collection/versions',
  ],
  'collection/trail': ['collection', 'collection/calls'],
  'collection/history': ['collection'],
  'collection/transaction': [
    'collection',
    'collection/calls',
    'collection/document',
    'collection/history',
    'collection/versions',
  ],
  'collection/transaction/undo': [
    'collection',
    'collection/calls',
    'collection/history',
    'collection/transaction',
  ],
}

/** Most files that a folder holds directly. */
const MAX_FILES = 12

const files = (readdirSync('lib', { recursive: true }) as string[])
  .map(name => join('lib', name))
  .filter(name => name.endsWith('.ts'))
const text = new Map(files.map(file => [file, readFileSync(file, 'utf8')]))

const withoutComments = (source: string): string => source.replace(/\/\*[^]*?\*\//g, '')

const imports = new Map(
  files.map(file => {
    const found = withoutComments(text.get(file) as string).matchAll(
      /^(?:import|export)\b[^'"]*?from '([^']+)'/gm,
    )
    return [file, [...found].map(([, to]) => to as string)]
  }),
)

/** A fork by where the code runs: any room may import it, and the part for Node may import any room. */
const DISPLAY = [join('lib', 'display', 'display.ts'), join('lib', 'display', 'no-display.ts')]

const inner = new Map(
  [...imports].map(([file, all]) => [
    file,
    all.filter(to => to.startsWith('.')).map(to => normalize(join(dirname(file), to))),
  ]),
)

const folderOf = (file: string): string => file.split(/[\\/]/).slice(1, -1).join('/')

/** The adapters are rooms of their own; elsewhere a room has folders. */
const roomOf = (folder: string): string =>
  folder.startsWith('adapters/') ? folder : (folder.split('/')[0] as string)

test('imports go one way', () => {
  for (const [file, targets] of inner) {
    const from = folderOf(file)
    if (from === '' || from === 'display') continue
    for (const target of targets) {
      const to = folderOf(target)
      const allowed = roomOf(to) === roomOf(from) ? WITHIN[from] : ROOMS[roomOf(from)]
      const place = roomOf(to) === roomOf(from) ? to : roomOf(to)
      const fine = to === from || (allowed?.includes(place) ?? roomOf(to) === roomOf(from))
      assert.ok(fine, `${file} imports ${target}`)
    }
  }
})

test('no folder holds more than twelve files', () => {
  for (const folder of new Set(files.map(folderOf))) {
    const direct = files.filter(file => folderOf(file) === folder)
    assert.ok(direct.length <= MAX_FILES, `lib/${folder} holds ${direct.length} files`)
  }
})

test('there is no cycle, of types neither', () => {
  const done = new Set<string>()
  const visit = (file: string, trail: readonly string[]): void => {
    assert.not(trail.includes(file), `${[...trail, file].join(' -> ')}`)
    if (done.has(file)) return
    for (const next of inner.get(file) ?? []) visit(next, [...trail, file])
    if (imports.get(file)?.includes('#display')) DISPLAY.forEach(to => visit(to, [...trail, file]))
    done.add(file)
  }
  for (const file of files) visit(file, [])
})

test('every file is reached from an entry', () => {
  const reached = new Set<string>()
  const visit = (file: string): void => {
    if (reached.has(file)) return
    reached.add(file)
    inner.get(file)?.forEach(visit)
    if (imports.get(file)?.includes('#display')) DISPLAY.forEach(visit)
  }
  files.filter(file => folderOf(file) === '').forEach(visit)
  assert.equal(
    files.filter(file => !reached.has(file)),
    [],
  )
})

test('the core imports no Node module and no package', () => {
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    assert.equal(
      imports.get(file)?.filter(to => !to.startsWith('.') && to !== '#display'),
      [],
      file,
    )
    inner.get(file)?.forEach(visit)
  }
  visit(join('lib', 'index.ts'))
})

test('no file is over 400 lines', () => {
  const others = ['spec', 'perf/suites', 'examples'].flatMap(folder =>
    (readdirSync(folder, { recursive: true }) as string[]).map(name => join(folder, name)),
  )
  for (const file of [...files, ...others.filter(name => /\.(ts|mjs)$/.test(name))]) {
    assert.ok(readFileSync(file, 'utf8').split('\n').length <= 401, file)
  }
})

/** Words that begin a riddle: a doc comment says what a thing does or is, and who does it. */
const RIDDLES =
  /^(?:What|Which|So many|How many|How much|How often|That|It|Those|These|Who|Whoever|Of|The same|See)\b/

test('every file begins with what it is responsible for', () => {
  for (const [file, source] of text) assert.match(source, /^\/\/ \S.{20}/, file)
})

test('no doc comment begins with a riddle', () => {
  let comments = 0
  for (const [file, source] of text) {
    for (const [, first] of source.matchAll(/\/\*\*[\s*]*([^\n]*)/g)) {
      comments++
      assert.not.match(first as string, RIDDLES, `${file}: ${first}`)
    }
  }
  assert.ok(comments > 500)
})

test('every public name of ours has a doc comment', () => {
  const entries = files.filter(file => folderOf(file) === '').map(file => text.get(file))
  const blocks = entries.join('').matchAll(/export (?:type )?\{([^}]+)\} from '(\.[^']+)'/g)
  let names = 0
  for (const [, list, from] of blocks) {
    const source = text.get(normalize(join('lib', from as string))) as string
    for (const name of (list as string)
      .split(',')
      .map(part => part.trim())
      .filter(Boolean)) {
      const declared = new RegExp(
        `\\*/\\nexport (?:async )?(?:function|class|interface|type|const) ${name}\\b`,
      )
      assert.match(source, declared, `${name} in ${from}`)
      names++
    }
  }
  assert.ok(names > 30)
})

test.run()
