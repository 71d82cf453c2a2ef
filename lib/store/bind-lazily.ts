/**
 * Makes methods of a class bound, so that they can be passed around, at no cost for objects that
 * never use them: each binds itself at its first use.
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
