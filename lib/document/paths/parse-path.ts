// Reads paths as callers write them. Apart from `path.ts`, because it throws and that file is part of the
// errors.
import { badArgumentError } from '../messages/errors.ts'
import type { Path, PathInput } from './path.ts'

/**
 * Returns the segments of a path; a text is split at its dots. Throws `bad-argument` for anything that is
 * no path.
 */
export function parsePath(input: PathInput): Path {
  if (typeof input === 'string') return input.split('.')
  if (Array.isArray(input)) return input as Path
  throw badArgumentError('path', 'a dotted text or an array of keys and indices', input)
}
