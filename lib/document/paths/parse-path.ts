import { badArgumentError } from '../messages/errors.ts'
import type { Path, PathInput } from './path.ts'

/** Exact segments of `input`: a text is split at its dots. Throws `bad-argument` for what is no path. */
export function parsePath(input: PathInput): Path {
  if (typeof input === 'string') return input.split('.')
  if (Array.isArray(input)) return input as Path
  throw badArgumentError('path', 'a dotted text or an array of keys and indices', input)
}
