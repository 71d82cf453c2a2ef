// Runs a Node program to its end, or kills it after a limit.
import { spawn } from 'node:child_process'

/** `limit` in seconds. `code` is null where the program was killed. */
export function run(args, limit, options = {}) {
  return new Promise(resolve => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let output = ''
    child.stdout.on('data', data => (output += data))
    child.stderr.on('data', data => (output += data))
    const timer = setTimeout(() => {
      output += `\nkilled after ${limit} s`
      child.kill('SIGKILL')
    }, limit * 1000)
    child.on('close', code => {
      clearTimeout(timer)
      resolve({ code, output })
    })
  })
}
