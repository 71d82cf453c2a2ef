// Changes in the words of a log: one short line for each place.
import { describeValue } from '../../document/messages/describe.ts'
import { isPlainObject } from '../../document/containers.ts'
import { formatPath, type Path } from '../../document/paths/path.ts'
import { isKeep } from '../arrays/runs.ts'
import { movesOf } from '../arrays/moves.ts'
import type { ArrayOp, Op } from './ops.ts'

/** So many lines; what is left is counted. */
const LINES = 50
/** So many moves are told one by one. */
const MOVES = 3
/** So many items of a list or fields of an object are shown, and so many characters of a text. */
const ITEMS = 3
const CHARACTERS = 60

/** See `describe`, which is this of a change set's ops. O(ops). */
export function describeOp(op: Op): readonly string[] {
  const lines: string[] = []
  tell(op, [], lines)
  const more = lines.length - LINES
  return Object.freeze(more > 0 ? [...lines.slice(0, LINES), `... and ${more} more`] : lines)
}

function tell(op: Op, path: Path, lines: string[]): void {
  const say = (text: string, at: Path = path): void => {
    lines.push(`${nameOf(at)}: ${text}`)
  }
  switch (op.kind) {
    case 'set':
      say('old' in op ? `${brief(op.old)} -> ${brief(op.value)}` : `+ ${brief(op.value)}`)
      return
    case 'unset':
      say(`- ${brief(op.old)}`)
      return
    case 'object':
      for (const [key, below] of op.keys) tell(below, [...path, key], lines)
      return
    case 'map':
      for (const [key, below] of op.entries) tell(below, [...path, key], lines)
      return
    case 'members':
      for (const value of op.removed) say(`- ${brief(value)}`)
      for (const value of op.added) say(`+ ${brief(value)}`)
      return
    case 'array':
      tellArray(op, path, say, lines)
  }
}

function tellArray(
  op: ArrayOp,
  path: Path,
  say: (text: string, at?: Path) => void,
  lines: string[],
): void {
  for (const [index, below] of op.edits ?? []) tell(below, [...path, index], lines)
  for (const [index, value] of op.removed ?? []) say(`- ${brief(value)}`, [...path, index])
  const moves = movesOf((op.runs ?? []).filter(isKeep))
  if (moves.length > MOVES) say('reordered')
  else for (const { from, to } of moves) say(`[${from}] -> [${to}]`)
  let place = 0
  op.runs?.forEach((run, i) => {
    if (!isKeep(run)) {
      const atEnd = i === (op.runs?.length ?? 0) - 1 && place > 0
      const values = run.insert.slice(0, ITEMS).map(value => brief(value))
      const more = run.insert.length - values.length
      say(
        `+ ${values.join(', ')}${more > 0 ? `, and ${more} more` : ''}`,
        atEnd ? path : [...path, place],
      )
    }
    place += isKeep(run) ? run.count : run.insert.length
  })
}

const nameOf = (path: Path): string => formatPath(path).replace(/^"(.*)"$/s, '$1')

/** A value in one line. */
function brief(value: unknown, depth = 0): string {
  if (typeof value === 'string') {
    const text = value.length > CHARACTERS ? `${value.slice(0, CHARACTERS)}...` : value
    return `'${text.replace(/[\\'\n\r\t]/g, found => JSON.stringify(found).slice(1, -1).replace("'", "\\'"))}'`
  }
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  }
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null) return describeValue(value)
  if (Array.isArray(value)) return depth > 1 ? '[...]' : `[${some(value, depth)}]`
  if (!isPlainObject(value)) return describeValue(value)
  const fields = Object.entries(value)
  if (fields.length === 0) return '{}'
  return depth > 1
    ? '{...}'
    : `{ ${some(fields, depth, ([key, item]) => `${key}: ${brief(item, depth + 1)}`)} }`
}

function some<T>(
  items: readonly T[],
  depth: number,
  show: (item: T) => string = item => brief(item, depth + 1),
): string {
  const shown = items.slice(0, ITEMS).map(show)
  return [...shown, ...(items.length > ITEMS ? ['...'] : [])].join(', ')
}
