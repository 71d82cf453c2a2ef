// Turns values into indented text for the panel: what JSON has as JSON, all else by its kind. It ends after 20,000 characters,
// however large the value is, and reads nothing that could throw more than once.
import { isPlainObject } from '../../document/containers.ts'

const MAX_CHARACTERS = 20_000

/** Returns a value as text of several lines, cut after 20,000 characters. */
export function showValue(value: unknown): string {
  const parts: string[] = []
  const writer = new Writer(parts)
  writer.write(value, '')
  return parts.join('')
}

class Writer {
  private readonly parts: string[]
  private left = MAX_CHARACTERS
  private readonly above = new Set<object>()

  constructor(parts: string[]) {
    this.parts = parts
  }

  write(value: unknown, indent: string): void {
    if (typeof value !== 'object' || value === null) return this.add(showPrimitive(value))
    if (this.above.has(value)) return this.add('(itself)')
    this.above.add(value)
    try {
      this.writeObject(value, indent)
    } catch (error) {
      this.add(`(cannot be shown: ${String(error)})`)
    }
    this.above.delete(value)
  }

  private writeObject(value: object, indent: string): void {
    if (Array.isArray(value)) {
      return this.writeItems('[', value.values(), ']', indent, item =>
        this.write(item, deeper(indent)),
      )
    }
    if (value instanceof Set) {
      return this.writeItems('Set {', value.values(), '}', indent, item =>
        this.write(item, deeper(indent)),
      )
    }
    if (value instanceof Map) {
      return this.writeItems('Map {', value.entries(), '}', indent, ([key, item]) => {
        this.write(key, deeper(indent))
        this.add(' => ')
        this.write(item, deeper(indent))
      })
    }
    if (value instanceof Date) return this.add(`Date ${dateText(value)}`)
    if (!isPlainObject(value) && hasOwnText(value)) return this.add(String(value))
    const { constructor } = value as { constructor?: { name?: unknown } }
    const name = isPlainObject(value) ? '' : `${String(constructor?.name ?? 'object')} `
    this.writeItems(`${name}{`, Object.keys(value), '}', indent, key => {
      this.add(`${JSON.stringify(key)}: `)
      this.write((value as Record<string, unknown>)[key], deeper(indent))
    })
  }

  private writeItems<T>(
    begin: string,
    items: Iterable<T>,
    end: string,
    indent: string,
    write: (item: T) => void,
  ): void {
    let separator = `\n${deeper(indent)}`
    let count = 0
    this.add(begin)
    for (const item of items) {
      if (this.left <= 0) return
      this.add(separator)
      write(item)
      separator = `,\n${deeper(indent)}`
      count++
    }
    this.add(count > 0 ? `\n${indent}${end}` : end)
  }

  private add(text: string): void {
    if (this.left <= 0) return
    this.parts.push(text.slice(0, this.left))
    this.left -= text.length
    if (this.left <= 0) this.parts.push('\n...')
  }
}

const deeper = (indent: string): string => `${indent}  `

function showPrimitive(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_CHARACTERS))
  if (typeof value === 'bigint') return `${value}n`
  return Object.is(value, -0) ? '-0' : String(value)
}

const dateText = (date: Date): string =>
  Number.isNaN(date.getTime()) ? '(invalid)' : date.toISOString()

/** Whether a leaf says of itself what it is, as regular expressions and ids of databases do. */
const hasOwnText = (value: object): boolean =>
  String(value) !== Object.prototype.toString.call(value) && typeof value.toString === 'function'
