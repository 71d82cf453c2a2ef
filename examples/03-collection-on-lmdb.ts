// A collection on LMDB: documents on this machine's disk, guarded by their version.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCollection } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'

interface Person {
  _id: string
  name: string
  tags: string[]
  born: Date
  visits: number
}

const path = mkdtempSync(join(tmpdir(), 'people-'))
const adapter = lmdbAdapter({ path })
const people = createCollection<Person>('people', { adapter })

const born = new Date(Date.UTC(1906, 11, 9))
const grace = await people.insert({ _id: 'grace', name: 'Grace', tags: [], born, visits: 0 })
await people.insert({ _id: 'ada', name: 'Ada', tags: ['math'], born: new Date(0), visits: 0 })

// The promise resolves when the change is on the disk.
const change = await grace.edit(draft => {
  draft.tags.push('navy')
})
console.log('version', grace.version, JSON.stringify(change?.patches))

for await (const person of people.find({ tags: 'math' })) console.log('found', person.state.name)

// Another handle, as another process would have: a stale edit is made again on what is stored.
const others = lmdbAdapter({ path })
const sameGrace = await createCollection<Person>('people', { adapter: others }).get('grace')
await Promise.all(
  [grace, sameGrace].map(async document => {
    for (let i = 0; i < 10; i++) await document?.edit(draft => void draft.visits++)
  }),
)
await grace.reload()
console.log('visits', grace.state.visits)

await people.close()
await Promise.all([adapter.close(), others.close()])

const again = lmdbAdapter({ path })
const [stored] = await again.load('people', ['grace'])
console.log('after a reopen:', JSON.stringify(stored?.doc))
await again.close()
rmSync(path, { recursive: true })
