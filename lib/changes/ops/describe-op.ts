// Turns an op into lines for people. `describe` and `console.log` of a change set call `describeOp`.
import { describeValue } from '../../document/messages/describe.ts'
import { isPlainObject } from '../../document/containers.ts'
import { formatPath, type Path } from '../../document/paths/path.ts'
import { isKeepRun } from '../arrays/runs.ts'
import { movesOf } from '../arrays/moves.ts'
import type { ArrayOp, Op } from './ops.ts'

/** The number of lines after which the rest is counted. */
const MAX_LINES = 50
/** The number of moves listed individually before they are summarised as `reordered`. */
const MAX_MOVES_LISTED = 3
/** The number of elements or fields shown of a value, and of characters shown of a text. */
const MAX_ITEMS_SHOWN = 3
const MAX_CHARACTERS_SHOWN = 60

/** Describes an op, one line for each changed place. O(ops). */
export function describeOp(op: Op): readonly string[] {
  const lines: string[] = []
  describeInto(op, [], lines)
  const more = lines.length - MAX_LINES
  return Object.freeze(more > 0 ? [...lines.slice(0, MAX_LINES), `... and ${more} more`] : lines)
}

function describeInto(op: Op, path: Path, lines: string[]): void {
  const say = (text: string, at: Path = path): void => {
    lines.push(`${pathTextOf(at)}: ${text}`)
  }
  switch (op.kind) {
    case 'set':
      say(
        'old' in op
          ? `${describeBriefly(op.old)} -> ${describeBriefly(op.value)}`
          : `+ ${describeBriefly(op.value)}`,
      )
      return
    case 'unset':
      say(`- ${describeBriefly(op.old)}`)
      return
    case 'object':
      for (const [key, below] of op.keys) describeInto(below, [...path, key], lines)
      return
    case 'map':
      for (const [key, below] of op.entries) describeInto(below, [...path, key], lines)
      return
    case 'members':
      for (const value of op.removed) say(`- ${describeBriefly(value)}`)
      for (const value of op.added) say(`+ ${describeBriefly(value)}`)
      return
    case 'array':
      describeArrayInto(op, path, say, lines)
  }
}

function describeArrayInto(
  op: ArrayOp,
  path: Path,
  say: (text: string, at?: Path) => void,
  lines: string[],
): void {
  for (const [index, below] of op.edits ?? []) describeInto(below, [...path, index], lines)
  for (const [index, value] of op.removed ?? [])
    say(`- ${describeBriefly(value)}`, [...path, index])
  const moves = movesOf((op.runs ?? []).filter(isKeepRun))
  if (moves.length > MAX_MOVES_LISTED) say('reordered')
  else for (const { from, to } of moves) say(`[${from}] -> [${to}]`)
  let place = 0
  op.runs?.forEach((run, i) => {
    if (!isKeepRun(run)) {
      const atEnd = i === (op.runs?.length ?? 0) - 1 && place > 0
      const values = run.insert.slice(0, MAX_ITEMS_SHOWN).map(value => describeBriefly(value))
      const more = run.insert.length - values.length
      say(
        `+ ${values.join(', ')}${more > 0 ? `, and ${more} more` : ''}`,
        atEnd ? path : [...path, place],
      )
    }
    place += isKeepRun(run) ? run.count : run.insert.length
  })
}

const pathTextOf = (path: Path): string => formatPath(path).replace(/^"(.*)"$/s, '$1')

/** Describes a value in one line. */
function describeBriefly(value: unknown, depth = 0): string {
  if (typeof value === 'string') {
    const text =
      value.length > MAX_CHARACTERS_SHOWN ? `${value.slice(0, MAX_CHARACTERS_SHOWN)}...` : value
    return `'${text.replace(/[\\'\n\r\t]/g, found => JSON.stringify(found).slice(1, -1).replace("'", "\\'"))}'`
  }
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  }
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null) return describeValue(value)
  if (Array.isArray(value)) return depth > 1 ? '[...]' : `[${describeSome(value, depth)}]`
  if (!isPlainObject(value)) return describeValue(value)
  const fields = Object.entries(value)
  if (fields.length === 0) return '{}'
  return depth > 1
    ? '{...}'
    : `{ ${describeSome(fields, depth, ([key, item]) => `${key}: ${describeBriefly(item, depth + 1)}`)} }`
}

function describeSome<T>(
  items: readonly T[],
  depth: number,
  show: (item: T) => string = item => describeBriefly(item, depth + 1),
): string {
  const shown = items.slice(0, MAX_ITEMS_SHOWN).map(show)
  return [...shown, ...(items.length > MAX_ITEMS_SHOWN ? ['...'] : [])].join(', ')
}
