// The examples in doc comments and in pages, as programs that check what they claim: behind an
// expression, a comment that is a literal (`// 'Paris'`) is the value it must have.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** One example: where it stands, and its code. */
export interface Example {
  readonly where: string
  readonly code: string
}

/** The `@example` blocks of every file below `folder`. */
export function examplesOfDocs(folder: string): Example[] {
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter(name =>
    name.endsWith('.ts'),
  )
  return files.flatMap(name => {
    const comments = readFileSync(join(folder, name), 'utf8').matchAll(
      /\/\*\*(?:(?!\*\/)[^])*\*\//g,
    )
    return [...comments].flatMap(([comment]) => {
      const [, code] = comment.split('@example\n')
      if (code === undefined) return []
      const lines = code.split('\n').map(line => line.replace(/^ *\*(?:\/| ?)/, ''))
      return [{ where: `${join(folder, name)}`, code: lines.join('\n') }]
    })
  })
}

/** The TypeScript blocks of a page. */
export function examplesOfPage(file: string): Example[] {
  const blocks = readFileSync(file, 'utf8').matchAll(/```ts\n([^]*?)```/g)
  return [...blocks].map(([, code], i) => ({
    where: `${file}, block ${i + 1}`,
    code: code as string,
  }))
}

const STATEMENT = /^\s*(?:const|let|import|export|return|throw|if|for|try|\}|\/\/)/
const LITERAL = /^(?:['"{[]|-?\d|true\b|false\b|null\b|undefined\b|new [A-Z])/

/** The example as a module that exports how many claims it checked. */
export function asModule(example: Example): { source: string; claims: number } {
  let claims = 0
  const lines = example.code.split('\n').map(line => {
    const [, expression, claim] = /^(.*?\S)\s+\/\/ (.*)$/.exec(line) ?? []
    if (expression === undefined || claim === undefined) return line
    if (STATEMENT.test(line) || !LITERAL.test(claim)) return line
    claims++
    return `__check(${expression.trim()}, ${claim})`
  })
  const source = `import { equal as __equal } from 'uvu/assert'
export let checked = 0
const __check = (actual: unknown, expected: unknown) => { __equal(actual, expected); checked++ }
${lines.join('\n')}
`
  return { source, claims }
}
