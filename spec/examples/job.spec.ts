import { spawn } from 'node:child_process'
import * as assert from 'uvu/assert'
// @ts-expect-error plain JavaScript, run as it is
import { bundle } from '../support/bundle.mjs'
import { freshFolder } from '../support/fresh-lmdb.ts'
import { suite } from '../support/suite.ts'

const PROGRAM = `build/examples/job-${process.pid}.js`
const test = suite('the job of 10,000 documents')

/** Runs it, and sends a signal after some progress was shown. */
function run(folder: string, signal: NodeJS.Signals | null, parts: number): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM, folder])
  let output = ''
  let shown = 0
  child.stdout.on('data', data => {
    output += String(data)
    shown += String(data).split('\r').length - 1
    if (signal !== null && shown >= parts) child.kill(signal)
  })
  child.stderr.on('data', data => (output += String(data)))
  return new Promise(resolve => child.on('close', () => resolve(output)))
}

test('killed and resumed five times, it changes each document exactly once', async () => {
  const folder = freshFolder()
  await bundle({ entryPoints: ['examples/job/main.ts'], outfile: PROGRAM, built: true })
  for (let i = 0; i < 5; i++) await run(folder, 'SIGKILL', 3 + 11 * i)
  assert.match(await run(folder, 'SIGINT', 5), /stopped: start it again/)
  const last = await run(folder, null, 0)
  assert.match(last, / 0 left, 10000 of 10000 changed exactly once/)
  assert.match(await run(folder, null, 0), /\n0 changed now, 0 left, 10000 of 10000/)
})

test.run()
