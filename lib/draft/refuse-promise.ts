import { CowslipError } from '../document/messages/errors.ts'

/** Refuses a recipe that goes on after its draft has ended. `remedy` says what holds a draft open. */
export function refusePromise(returned: unknown, remedy: string): void {
  if (typeof returned !== 'object' || returned === null) return
  if (typeof (returned as PromiseLike<unknown>).then !== 'function') return
  // What it rejects with belongs to nobody any more.
  Promise.resolve(returned).catch(() => {})
  throw new CowslipError(
    'async-recipe',
    'Expected a recipe that ends at once. Received a promise. Await first and edit then, or ' +
      remedy,
    {},
  )
}
