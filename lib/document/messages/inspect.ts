// Decides what `console.log` and `JSON.stringify` show of the library's objects: state, ids and versions,
// never internals. Each class calls one of the two functions once, for its prototype.

/** The key of Node's hook for `console.log` and `util.inspect`. */
export const inspectHook: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

type Inspect = (value: unknown, options: object) => string

/**
 * Makes `console.log` show `name` and the result of `view`, and makes `JSON.stringify` use the result of
 * `json` (by default that of `view`).
 */
export function defineDisplay<T extends object>(
  name: string,
  prototype: T,
  view: (self: T) => unknown,
  json: (self: T) => unknown = view,
): void {
  Object.defineProperty(prototype, 'toJSON', {
    value(this: T): unknown {
      return json(this)
    },
  })
  Object.defineProperty(prototype, inspectHook, {
    value(this: T, _depth: number, options: object, inspect: Inspect): string {
      return `${name} ${inspect(view(this), options)}`
    },
  })
}

/** Makes `console.log` show `name` and then lines of text. */
export function defineDisplayLines<T extends object>(
  name: string,
  prototype: T,
  lines: (self: T) => readonly string[],
): void {
  Object.defineProperty(prototype, inspectHook, {
    value(this: T): string {
      return `${name} ${lines(this).join('\n  ')}`
    },
  })
}
