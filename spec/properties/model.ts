// Captures of a mutable model, put back into the same objects, as an open edit does with its drafts.
import { children, isCollection, isContainer, put } from './values.ts'

type Contents = Map<any, unknown>

/** What every container and date reachable from some roots holds. */
export class ModelCapture {
  private readonly containers = new Map<object, Contents>()
  private readonly dates = new Map<Date, number>()

  constructor(roots: readonly unknown[]) {
    roots.forEach(root => this.visit(root))
  }

  /** What `container` held. */
  contents(container: object): ReadonlyMap<any, unknown> | undefined {
    return this.containers.get(container)
  }

  has(value: object): boolean {
    return this.containers.has(value) || this.dates.has(value as Date)
  }

  /** Puts back what was held, at and below `value`. */
  restore(value: unknown, seen: Set<object> = new Set()): void {
    if (value instanceof Date) value.setTime(this.dates.get(value) as number)
    if (!isContainer(value) || seen.has(value)) return
    seen.add(value)
    const contents = this.containers.get(value) as Contents
    if (isCollection(value)) value.clear()
    else if (Array.isArray(value)) value.length = 0
    else for (const key of Object.keys(value)) delete (value as Record<string, unknown>)[key]
    for (const [key, held] of contents) {
      if (value instanceof Map) value.set(key, held)
      else if (value instanceof Set) value.add(held)
      else put(value, key, held)
      this.restore(held, seen)
    }
  }

  private visit(value: unknown): void {
    if (value instanceof Date) this.dates.set(value, value.getTime())
    if (!isContainer(value) || this.containers.has(value)) return
    const contents: Contents = new Map()
    for (const [key, held] of children(value)) contents.set(key, held)
    this.containers.set(value, contents)
    for (const held of contents.values()) this.visit(held)
  }
}
