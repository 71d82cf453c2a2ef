// Binds the methods of stores, collections and documents, so that users can pass them around
// (`onClick={store.undo}`).

/**
 * Makes methods of a class bound. Each method is bound at its first use, so an object that never uses a
 * method pays nothing for it.
 */
export function bindLazily<T extends object>(
  prototype: T,
  names: readonly (keyof T & string)[],
): void {
  for (const name of names) {
    const method = prototype[name] as (...args: unknown[]) => unknown
    Object.defineProperty(prototype, name, {
      get(this: object) {
        const bound = method.bind(this)
        if (this !== prototype) Object.defineProperty(this, name, { value: bound })
        return bound
      },
    })
  }
}
