// An adapter of one's own, in some sixty lines: all documents in one JSON file. It keeps the contract,
// as the tests of `cowslip/adapter-contract` show.
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCollection, CowslipError } from 'cowslip'
import {
  adapterContract,
  decide,
  decodeDocument,
  encodeDocument,
  idKey,
  runQuery,
  type Adapter,
  type CommitResult,
  type StoredDocument,
} from 'cowslip/adapter-contract'

/** `{ collection: { id: [version, commit, document] } }` */
type Content = Record<string, Record<string, [version: number, commitId: string, doc: unknown]>>

function jsonFileAdapter(file: string): Adapter {
  let turn: Promise<unknown> = Promise.resolve()
  let closed = false

  /** One after another; what is returned is written before the next begins. */
  function inTurn<R>(act: (content: Content) => { result: R; changed: boolean }): Promise<R> {
    const closedNow = closed
    const mine = turn.then(async () => {
      if (closedNow) throw new CowslipError('closed', 'Expected an open adapter.', { what: file })
      const content = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Content
      const { result, changed } = act(content)
      if (changed) {
        await writeFile(`${file}.new`, JSON.stringify(content))
        await rename(`${file}.new`, file)
      }
      return result
    })
    turn = mine.catch(() => {})
    return mine
  }

  const read = (entry: Content[string][string] | undefined): StoredDocument | null =>
    entry ? { version: entry[0], commitId: entry[1], doc: decodeDocument(entry[2]) } : null

  return {
    capabilities: {
      transactions: false,
      watch: 'none',
      multiProcess: false,
      partialUpdates: false,
    },
    load: async (name, ids) => {
      const keys = ids.map(idKey)
      return inTurn(all => ({ result: keys.map(key => read(all[name]?.[key])), changed: false }))
    },
    async *find(name, query) {
      const documents = await inTurn(all => ({
        result: Object.values(all[name] ?? {}).map(entry => read(entry) as StoredDocument),
        changed: false,
      }))
      yield* runQuery(documents, query)
    },
    commit: async commit => {
      const key = idKey(commit.id)
      return inTurn<CommitResult>(all => {
        const documents = (all[commit.collection] ??= {})
        const result = decide(read(documents[key]), commit)
        if (result.status !== 'committed') return { result, changed: false }
        if (commit.kind === 'delete') delete documents[key]
        else documents[key] = [result.version, result.commitId, encodeDocument(commit.next)]
        return { result, changed: true }
      })
    },
    close: async () => {
      closed = true
      await turn
    },
  }
}

const folder = mkdtempSync(join(tmpdir(), 'json-adapter-'))
let files = 0
let failed = 0
const tests = adapterContract(() => jsonFileAdapter(join(folder, `${files++}.json`)))
for (const { name, run } of tests) {
  await run().catch((error: Error) => {
    failed++
    console.log(`FAIL ${name}: ${error.message}`)
  })
}
console.log(`${tests.length - failed} of ${tests.length} promises of the contract kept`)

const notes = createCollection<{ _id: string; text: string }>('notes', {
  adapter: jsonFileAdapter(join(folder, 'notes.json')),
})
const note = await notes.insert({ text: 'buy ink' })
await note.edit(draft => {
  draft.text += ' and paper'
})
console.log(note.version, note.state.text)
rmSync(folder, { recursive: true })
process.exitCode = failed === 0 ? 0 : 1
