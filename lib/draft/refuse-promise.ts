// Refuses async recipes, of stores and of `produce`: a draft ends with its recipe, so writes after the
// first `await` would be lost.
import { CowslipError } from '../document/messages/errors.ts'

/** Throws `async-recipe` if a recipe returned a promise. `remedy` says how to hold a draft open. */
export function refusePromise(returned: unknown, remedy: string): void {
  if (typeof returned !== 'object' || returned === null) return
  if (typeof (returned as PromiseLike<unknown>).then !== 'function') return
  // Nobody handles a rejection of this promise any more.
  Promise.resolve(returned).catch(() => {})
  throw new CowslipError(
    'async-recipe',
    'Expected a recipe that ends at once. Received a promise. Await first and edit then, or ' +
      remedy,
    {},
  )
}
