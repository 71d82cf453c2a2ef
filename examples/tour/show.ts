// The tour's words: change sets and headings for a terminal.
import type { ArrayOp, ChangeSet, Op } from 'cowslip'
import { inspect } from 'node:util'

const colours = process.stdout.isTTY === true && process.env.NO_COLOR === undefined
const paint = (code: number) => (text: string) =>
  colours ? `\u001b[${code}m${text}\u001b[0m` : text
export const bold = paint(1)
export const dim = paint(2)

export function heading(text: string): void {
  console.log(`\n${bold(text)}`)
}

export function say(text: string): void {
  console.log(`  ${text}`)
}

/** A value in one line. */
export function brief(value: unknown): string {
  const text = inspect(value, { depth: 3, breakLength: Infinity, maxArrayLength: 6 })
  return text.length > 72 ? `${text.slice(0, 69)}...` : text
}

/** The touched keys, each exact path with old and new value, and the size of it all. */
export function showChange(change: ChangeSet, document: object): void {
  say(`touched: ${change.touched.join(', ')}`)
  for (const line of lines(change.ops, '')) say(`  ${line}`)
  const [part, whole] = [opsSize(change), size(document)]
  say(dim(`ops ${part} bytes, document ${whole} bytes: ${((100 * part) / whole).toFixed(1)}%`))
}

/** As JSON, in bytes. */
export function size(value: object): number {
  return Buffer.byteLength(JSON.stringify(value))
}

/** What changed, without what is known of the change beside it. */
export function opsSize(change: ChangeSet): number {
  return size(change.toJSON().ops as object)
}

function* lines(op: Op, path: string): Iterable<string> {
  switch (op.kind) {
    case 'set':
      yield 'old' in op
        ? `${path}: ${brief(op.old)} -> ${brief(op.value)}`
        : `${path}: (nothing) -> ${brief(op.value)}`
      return
    case 'unset':
      yield `${path}: ${brief(op.old)} -> (nothing)`
      return
    case 'object':
      for (const [key, below] of op.keys) yield* lines(below, path === '' ? key : `${path}.${key}`)
      return
    case 'array':
      yield* arrayLines(op, path)
  }
}

function* arrayLines(op: ArrayOp, path: string): Iterable<string> {
  for (const [index, below] of op.edits ?? []) yield* lines(below, `${path}[${index}]`)
  for (const [index, value] of op.removed ?? []) yield `${path}[${index}]: ${brief(value)} removed`
  const was = (op.runs ?? []).flatMap(run =>
    'keep' in run ? Array.from({ length: run.count }, (_, i) => run.keep + i) : [],
  )
  if (was.some((index, i) => index < (was[i - 1] ?? 0))) {
    yield `${path}: reordered; its elements stood at ${was.join(', ')}`
  }
  let place = 0
  for (const run of op.runs ?? []) {
    if ('insert' in run) yield `${path}[${place}]: ${run.insert.map(brief).join(', ')} inserted`
    place += 'keep' in run ? run.count : run.insert.length
  }
}
