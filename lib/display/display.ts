// Decides what `console.log` shows of the library's objects under Node: states, ids and versions, never internals. The import
// `#display` leads here in Node, and to no-display.ts in a bundle for a page, where nobody asks and it would only be weight.
import { describeOp } from '../changes/ops/describe-op.ts'
import type { ObjectOp } from '../changes/ops/ops.ts'
import { stateOf } from '../draft/child.ts'
import { copyCurrent } from '../draft/current.ts'

/** The key of Node's hook for `console.log` and `util.inspect`. */
const inspectHook: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

type Inspect = (value: unknown, options: object) => string

/** Makes `console.log` show `name` and the result of `view`. */
export function displayAs<T extends object>(
  name: string,
  prototype: T,
  view: (self: T) => unknown,
): void {
  Object.defineProperty(prototype, inspectHook, {
    value(this: T, _depth: number, options: object, inspect: Inspect): string {
      return `${name} ${inspect(view(this), options)}`
    },
  })
}

/** Makes `console.log` show a change set: its origin, its version, and its ops in words. */
export function displayChange<
  T extends { readonly origin: string; readonly version: number | undefined },
>(prototype: T, opOf: (self: T) => ObjectOp): void {
  Object.defineProperty(prototype, inspectHook, {
    value(this: T): string {
      const { origin, version } = this
      const title = `(${origin}${version === undefined ? '' : `, version ${version}`})`
      return `ChangeSet ${[title, ...describeOp(opOf(this))].join('\n  ')}`
    },
  })
}

/**
 * Makes `console.log` show the current value of a draft: Node inspects the target of a proxy, not the
 * proxy.
 */
export function displayDraft(target: object): void {
  ;(target as { [inspectHook]?: unknown })[inspectHook] = inspectDraft
}

function inspectDraft(this: unknown, _depth: number, options: object, inspect: Inspect): string {
  const state = stateOf(this)
  return state === undefined ? '[draft]' : inspect(copyCurrent(state), options)
}
