// Estimates the memory of ops, for histories with a limit in bytes.
import type { Op } from './ops.ts'

/** Estimates the memory that an op holds, in bytes, from its texts and numbers. O(op and its values). */
export function sizeOfOp(op: Op): number {
  switch (op.kind) {
    case 'set':
      return 16 + sizeOf(op.value) + sizeOf(op.old)
    case 'unset':
      return 16 + sizeOf(op.old)
    case 'object':
      return sum(op.keys)
    case 'map':
      return sum(op.entries)
    case 'members':
      return 16 + sizeOf(op.added) + sizeOf(op.removed)
    case 'array': {
      const inserted = (op.runs ?? []).map(run => ('insert' in run ? sizeOf(run.insert) : 16))
      const runs = inserted.reduce((total, bytes) => total + bytes, 16)
      return runs + sizeOf([...(op.removed?.values() ?? [])]) + (op.edits ? sum(op.edits) : 0)
    }
  }
}

function sum(ops: ReadonlyMap<unknown, Op>): number {
  let total = 16
  for (const [key, op] of ops) total += sizeOf(key) + sizeOfOp(op)
  return total
}

function sizeOf(root: unknown): number {
  let total = 0
  const waiting = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value === 'string') total += 2 * value.length
    else if (typeof value === 'bigint') total += 16
    total += 8
    if (typeof value !== 'object' || value === null) continue
    if (ArrayBuffer.isView(value)) total += value.byteLength
    else if (value instanceof Map) for (const entry of value) waiting.push(...entry)
    else if (value instanceof Set) for (const item of value) waiting.push(item)
    else if (Array.isArray(value)) for (const item of value) waiting.push(item)
    else for (const entry of Object.entries(value)) waiting.push(...entry)
  }
  return total
}
