import { spawn } from 'node:child_process'
import { createCollection } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'
import * as assert from 'uvu/assert'
import { freshFolder } from '../support/fresh-lmdb.ts'
import { suite } from '../support/suite.ts'

const test = suite('a process that ends while it writes to LMDB')

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly output: string
}

async function run(path: string, how: string): Promise<Ended> {
  const child = spawn(process.execPath, ['spec/faults/lmdb-ending.mjs', path, how])
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (output += data))
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  const [code, signal] = await new Promise<[number | null, string | null]>(resolve =>
    child.on('close', (...ended) => resolve(ended)),
  )
  clearTimeout(timer)
  return { code, signal, output }
}

for (const how of ['throw', 'exit']) {
  test(`it does not hang (${how}), and others go on`, async () => {
    const path = freshFolder()
    const adapter = lmdbAdapter({ path })
    for (let i = 0; i < 3; i++) {
      const { signal, output } = await run(path, how)
      assert.is(signal, 'SIGKILL')
      assert.match(output, /a listener of the application/)
      assert.match(output, /killed: else it would hang/)
      if (how === 'throw') assert.match(output, /Error: of the application/)
    }
    const c = createCollection<any>('docs', { adapter })
    const document = (await c.get(0))!
    // A process killed between its last commit and the note of it in the lock file: LMDB's readers see the state before
    // until the next write, which begins on the last commit. The edit runs again on that one then.
    let found = document.state.n
    const edit = (d: any): void => {
      found = d.n
      d.n++
    }
    await document.edit(edit, { timeoutMS: 5_000 })
    assert.is(document.state.n, found + 1)
    const again = await createCollection<any>('docs', { adapter }).get(0)
    assert.is(again?.state.n, found + 1)
    await adapter.close()
  })
}

test('where nothing is under way, it ends as it likes', async () => {
  const { code, output } = await run(freshFolder(), 'idle')
  assert.equal([code, /killed/.test(output)], [3, false])
})

test.run()
