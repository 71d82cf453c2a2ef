// Runs bundled spec files, each in a process of its own. uvu's exit code says little (it is 0 where a
// hook throws, where `.run()` is forgotten, where nothing matches), so its totals are read: a file
// without a test, and one that dies or hangs, has failed.
import { run } from './run.mjs'

/** What became of one file; `limit` in seconds. */
export async function runSpecFile(file, limit, env = process.env, flags = []) {
  const started = Date.now()
  const args = ['--enable-source-maps', '--expose-gc', ...flags, file]
  const { code, output } = await run(args, limit, { env })
  const total = sum(output, /^ {2}Total: +(\d+)/gm)
  const passed = sum(output, /^ {2}Passed: +(\d+)/gm)
  const fine = code === 0 && total > 0 && passed === total
  const failed = fine ? 0 : Math.max(total - passed, 1)
  return { fine, passed, failed, output, seconds: (Date.now() - started) / 1000 }
}

function sum(output, pattern) {
  const plain = output.replace(/\u001b\[\d+m/g, '')
  return [...plain.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0)
}
