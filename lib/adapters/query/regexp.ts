// Runs the regular expressions of the server (PCRE) in JavaScript. A pattern is translated piece by piece;
// whatever the two languages do not share is refused.
import { unsupportedQueryError } from './unsupported-query-error.ts'

/**
 * Compiles a pattern into a test of texts. The options are `i`, `m` and `s`. Throws `unsupported-query` for
 * what the two languages do not share, such as look-behind, back-references, named groups and flags within
 * the pattern.
 */
export function compileRegexp(pattern: string, options: string): (text: string) => boolean {
  if (/[^ims]/.test(options) || new Set(options).size < options.length) {
    throw unsupportedQueryError('$options', 'i, m and s are known')
  }
  if (pattern.includes('\0')) throw unsupportedQueryError('$regex', 'no pattern holds a NUL')
  const source = new RegexpTranslator(pattern, options).translate()
  try {
    const compiled = new RegExp(source, options.includes('i') ? 'iu' : 'u')
    return text => compiled.test(text)
  } catch {
    throw unsupportedQueryError('$regex', 'the pattern is none')
  }
}

/** Throws `unsupported-query` for flags of JavaScript's that are not stored, or stored as others. */
export function checkFlags(value: object): void {
  if (value instanceof RegExp && /[^imu]/.test(value.flags)) {
    throw unsupportedQueryError(`the flags ${value.flags}`, 'say { $regex, $options }')
  }
}

/** The translations of a letter after a backslash, outside of classes and within. */
const SPACES = ' \\t\\n\\v\\f\\r'
const ESCAPES: Readonly<Record<string, readonly [outside: string, within: string | null]>> = {
  d: ['[0-9]', '0-9'],
  D: ['[^0-9]', null],
  w: ['\\w', '\\w'],
  W: ['\\W', '\\W'],
  s: [`[${SPACES}]`, SPACES],
  S: [`[^${SPACES}]`, null],
  b: ['\\b', null],
  B: ['\\B', null],
  n: ['\\n', '\\n'],
  r: ['\\r', '\\r'],
  t: ['\\t', '\\t'],
  f: ['\\f', '\\f'],
}
const SYNTAX = /[\^$\\.*+?()[\]{}|/]/

class RegexpTranslator {
  private readonly pattern: string
  private readonly dot: string
  private readonly begin: string
  private readonly end: string
  private at = 0
  private out = ''

  constructor(pattern: string, options: string) {
    const multiline = options.includes('m')
    this.pattern = pattern
    this.dot = options.includes('s') ? '[\\s\\S]' : '[^\\n]'
    // To PCRE the end of a text is also before a last line break, and the place after it begins no line.
    this.begin = multiline ? '(?:^|(?<=\\n)(?=[\\s\\S]))' : '^'
    this.end = multiline ? '(?:(?=\\n)|$)' : '(?=\\n?$)'
  }

  translate(): string {
    // Whether the part before may be repeated.
    let repeatable = false
    while (this.at < this.pattern.length) {
      const rest = this.pattern.slice(this.at)
      const quantifier = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})/.exec(rest)
      if (quantifier !== null) {
        if (!repeatable) throw unsupportedQueryError('$regex', 'nothing to repeat')
        this.writeQuantifier(quantifier)
        repeatable = false
      } else repeatable = this.writePart(rest)
    }
    return this.out
  }

  private writeQuantifier([text, least = '0', most = '0']: RegExpExecArray): void {
    if (Number(least) > 1_000 || Number(most) > 1_000) {
      throw unsupportedQueryError('$regex', 'at most 1,000 repetitions')
    }
    this.write(text.length, text)
    const next = this.pattern[this.at]
    if (next === '+') throw unsupportedQueryError('$regex', 'possessive quantifiers')
    if (next === '?') this.write(1, '?')
  }

  private writePart(rest: string): boolean {
    const first = rest.charAt(0)
    switch (first) {
      case '\\':
        return this.writeEscape()
      case '[':
        return this.writeClass()
      case '.':
        return this.write(1, this.dot)
      case '^':
        this.write(1, this.begin)
        return false
      case '$':
        this.write(1, this.end)
        return false
      case '(': {
        const open = /^\((?:\?[:=!])?/.exec(rest)?.[0] as string
        if (rest[open.length] === '?' || rest[open.length] === '*') {
          throw unsupportedQueryError('$regex', `groups that begin with ${rest.slice(0, 3)}`)
        }
        this.write(open.length, open)
        return false
      }
      case ')':
        this.write(1, ')')
        return !this.closesLookahead()
      case '|':
        this.write(1, '|')
        return false
      case ']':
      case '{':
      case '}':
        return this.write(1, `\\${first}`)
    }
    const character = String.fromCodePoint(rest.codePointAt(0) as number)
    return this.write(character.length, character)
  }

  /** Whether a bracket closes a look-ahead, which JavaScript does not repeat. */
  private closesLookahead(): boolean {
    const { out } = this
    const open: number[] = []
    let opened = -1
    let isInClass = false
    for (let i = 0; i < out.length; i++) {
      const character = out[i]
      if (character === '\\') i++
      else if (isInClass) isInClass = character !== ']'
      else if (character === '[') isInClass = true
      else if (character === '(') open.push(i)
      else if (character === ')') opened = open.pop() ?? -1
    }
    return /^\(\?[=!]/.test(out.slice(opened))
  }

  private writeEscape(): boolean {
    const text = this.pattern.slice(this.at)
    const hex = /^\\x([0-9a-fA-F]{2})/.exec(text)
    if (hex !== null) return this.write(4, hex[0])
    const next = text[1] ?? ''
    const known = ESCAPES[next]
    if (known !== undefined) {
      this.write(2, known[0])
      return next !== 'b' && next !== 'B'
    }
    return this.write(2, this.escapeLiteral(next))
  }

  /** Returns the translation of punctuation after a backslash. */
  private escapeLiteral(next: string): string {
    if (!/^[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e ]$/.test(next)) {
      throw unsupportedQueryError('$regex', `\\${next} in a pattern`)
    }
    return SYNTAX.test(next) ? `\\${next}` : next === '-' ? '\\x2d' : next
  }

  private writeClass(): boolean {
    const open = /^\[\^?/.exec(this.pattern.slice(this.at))?.[0] as string
    this.write(open.length, open)
    if (this.pattern[this.at] === ']')
      throw unsupportedQueryError('$regex', 'a class that begins with ]')
    while (this.pattern[this.at] !== ']') {
      const rest = this.pattern.slice(this.at)
      if (rest === '') throw unsupportedQueryError('$regex', 'a class without an end')
      if (/^\[[:.=]/.test(rest)) throw unsupportedQueryError('$regex', 'classes by name')
      if (this.writeMember(rest)) this.writeRange()
    }
    return this.write(1, ']')
  }

  /** Writes a member of a class. Returns whether a range may begin with it. */
  private writeMember(rest: string): boolean {
    const hex = /^\\x[0-9a-fA-F]{2}/.exec(rest)
    if (hex !== null) return this.write(4, hex[0])
    if (rest.startsWith('\\')) {
      const next = rest[1] ?? ''
      const known = ESCAPES[next]
      if (known === undefined) return this.write(2, this.escapeLiteral(next))
      if (known[1] === null) throw unsupportedQueryError('$regex', `\\${next} in a class`)
      this.write(2, known[1])
      if (
        /[dws]/i.test(next) &&
        this.pattern[this.at] === '-' &&
        this.pattern[this.at + 1] !== ']'
      ) {
        throw unsupportedQueryError('$regex', 'a range that begins with a class')
      }
      return !/[dws]/i.test(next)
    }
    const character = String.fromCodePoint(rest.codePointAt(0) as number)
    return this.write(
      character.length,
      SYNTAX.test(character) || character === '-' ? `\\${character}` : character,
    )
  }

  private writeRange(): void {
    const rest = this.pattern.slice(this.at)
    if (!/^-[^\]]/.test(rest)) return
    if (/^-\\[dwsDWS]/.test(rest) || rest.startsWith('-[')) {
      throw unsupportedQueryError('$regex', 'a range that ends with a class')
    }
    this.write(1, '-')
    this.writeMember(this.pattern.slice(this.at))
  }

  private write(length: number, written: string): true {
    this.at += length
    this.out += written
    return true
  }
}
