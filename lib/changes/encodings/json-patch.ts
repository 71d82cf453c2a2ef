// Writes ops as a JSON Patch (RFC 6902). `ChangeSet.toJSONPatch` calls it. A reorder becomes moves; Maps
// and Sets are refused, because JSON has no words for them.
import { unsupportedValueError } from '../../document/messages/errors.ts'
import { isKeepRun } from '../arrays/runs.ts'
import { movesOf } from '../arrays/moves.ts'
import type { ArrayOp, Op } from '../ops/ops.ts'

/** One operation of a JSON Patch (RFC 6902). */
export type JSONPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string }

/** Options of `toJSONPatch`. */
export interface JSONPatchOptions {
  /** Adds a `test` of the old value before each replace and remove. */
  readonly test?: boolean
}

/** Returns an op as a JSON Patch (RFC 6902, paths by RFC 6901). O(op). */
export function toJSONPatch(op: Op, options: JSONPatchOptions): JSONPatchOperation[] {
  const patch = new PatchWriter(options.test === true)
  patch.write(op, '')
  return patch.operations
}

class PatchWriter {
  readonly operations: JSONPatchOperation[] = []
  private readonly test: boolean

  constructor(test: boolean) {
    this.test = test
  }

  write(op: Op, path: string): void {
    switch (op.kind) {
      case 'set':
        if ('old' in op) this.replace(path, op.old, op.value)
        else this.add(path, op.value)
        return
      case 'unset':
        return this.remove(path, op.old)
      case 'object':
        for (const [key, below] of op.keys) this.write(below, `${path}/${escape(key)}`)
        return
      case 'map':
      case 'members':
        throw notInJSONPatchError(path, op.kind === 'map' ? 'a Map' : 'a Set')
      case 'array':
        return this.array(op, path)
    }
  }

  /**
   * Writes edits by base index, then removes from the end, then moves, then adds from the start: so every
   * index is right when its turn comes.
   */
  private array(op: ArrayOp, path: string): void {
    for (const [index, below] of op.edits ?? []) this.write(below, `${path}/${index}`)
    if (op.runs === null) return
    const removed = [...(op.removed ?? [])].sort((a, b) => b[0] - a[0])
    for (const [index, value] of removed) this.remove(`${path}/${index}`, value)
    for (const { from, to } of movesOf(op.runs.filter(isKeepRun))) {
      this.operations.push({ op: 'move', from: `${path}/${from}`, path: `${path}/${to}` })
    }
    let place = 0
    for (const run of op.runs) {
      if (isKeepRun(run)) place += run.count
      else {
        for (const value of run.insert) {
          this.add(`${path}/${place++}`, value)
        }
      }
    }
  }

  private add(path: string, value: unknown): void {
    refuseCollections(value, path)
    this.operations.push({ op: 'add', path, value })
  }

  private replace(path: string, old: unknown, value: unknown): void {
    refuseCollections(value, path)
    if (this.test) this.operations.push({ op: 'test', path, value: old })
    this.operations.push({ op: 'replace', path, value })
  }

  private remove(path: string, old: unknown): void {
    if (this.test) this.operations.push({ op: 'test', path, value: old })
    this.operations.push({ op: 'remove', path })
  }
}

/** Refuses Maps and Sets below a value: JSON would write `{}`. */
function refuseCollections(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) return
  if (value instanceof Map) throw notInJSONPatchError(path, 'a Map')
  if (value instanceof Set) throw notInJSONPatchError(path, 'a Set')
  for (const [key, item] of Object.entries(value)) refuseCollections(item, `${path}/${escape(key)}`)
}

function notInJSONPatchError(pointer: string, received: string): Error {
  const path = pointer.slice(1).split('/').map(unescape)
  return unsupportedValueError(path, received, 'A JSON Patch has no words for it. Use `toJSON`.')
}

const unescape = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~')
const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')
