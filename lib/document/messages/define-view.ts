// Decides what `JSON.stringify` and `console.log` show of the library's objects.
import { displayAs } from '#display'

/**
 * Makes `JSON.stringify` use the result of `json`, by default that of `view`, and makes `console.log` show `name` and the
 * result of `view`.
 */
export function defineView<T extends object>(
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
  displayAs(name, prototype, view)
}
