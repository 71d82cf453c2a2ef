// The tour's words: change sets and headings for a terminal.
import { describe, type ChangeSet } from 'cowslip'
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
  for (const line of describe(change)) say(`  ${line}`)
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
