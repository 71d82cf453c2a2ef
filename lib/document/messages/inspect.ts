/** Node's hook for `console.log` and `util.inspect`. */
export const inspectHook: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

type Inspect = (value: unknown, options: object) => string

/** Makes `console.log` show what `view` gives, after `name`, and `JSON.stringify` what `json` gives: the same by default. */
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

/** Makes `console.log` show lines, after `name`. */
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
