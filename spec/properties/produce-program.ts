// A random program on an API with Immer's names. What it sees is logged: the same seed must see the same on
// every API.
import { immerable } from 'immer'
import type { Described } from './graph.ts'
import type { Random } from './random.ts'
import { randomKey, randomPrimitive, randomValue } from './produce-values.ts'

type Api = any

/** What steps leave alone. */
const KEPT: readonly unknown[] = ['got', 'hidden', 'length', immerable]

export const isContainer = (value: unknown): value is object => {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name: string } } | null
  return prototype?.constructor?.name !== 'Opaque'
}

/** What stands in a container, by its keys. */
export function entries(value: any): [key: any, value: unknown][] {
  if (value instanceof Map) return [...value]
  if (value instanceof Set) return [...value].map((member, i) => [i, member])
  return Reflect.ownKeys(value)
    .filter(key => key !== 'length' && key !== 'hidden' && key !== immerable)
    .map(key => [key, value[key]])
}

/** One API, and what a program has in its hands. */
export class ProduceProgram {
  readonly api: Api
  readonly random: Random
  readonly log: string[] = []
  /** What was put in, in its order. */
  readonly raws: object[] = []
  private held: any[] = []
  /** Of `raws`, those of this edit. */
  private mine: object[] = []
  private root: any
  private frozenBase = false

  constructor(api: Api, random: Random) {
    this.api = api
    this.random = random
  }

  /** One edit of `base`; what it makes. */
  edit(base: any): any {
    const { nodes } = this.describe(base)
    this.frozenBase = isFrozenDeep(base) && new Set(nodes).size === nodes.length
    const steps = this.random.below(10)
    const recipe = (draft: any): unknown => {
      this.root = draft
      this.held = []
      this.mine = []
      for (let i = 0; i <= steps; i++) this.step()
      return undefined
    }
    if (this.random.chance(0.2)) {
      const draft = this.api.createDraft(base)
      recipe(draft)
      return this.api.finishDraft(draft)
    }
    return this.api.produce(base, recipe)
  }

  private note(text: string, at?: unknown): void {
    this.log.push(at === undefined ? text : `${text} ${look(at)}`)
  }

  private walk(): any {
    if (this.held.length > 0 && this.random.chance(0.2)) return this.random.pick(this.held)
    let at = this.root
    while (this.random.chance(0.65)) {
      const below = entries(at).filter(([, value]) => isContainer(value))
      if (below.length === 0) break
      at = this.random.pick(below)[1]
    }
    return at
  }

  /** Something to put into `into`. */
  private value(into: any): unknown {
    const { random, api } = this
    const kind = random.below(14)
    this.note(`value ${kind}`)
    if (kind <= 3) return randomPrimitive(random)
    if (kind <= 7) return this.raw(randomValue(random, 2))
    const found = this.walk()
    if (reaches(found, into)) return randomPrimitive(random)
    if (kind === 8 && !(found instanceof Map) && !(found instanceof Set) && !Array.isArray(found)) {
      return this.raw({ ...found })
    }
    if (kind === 9) return this.raw({ inside: found, list: [1, found] })
    if (kind === 10 && api.isDraft(found) && this.frozenBase) {
      const copy = api.current(found)
      const { text, nodes } = this.describe(copy)
      // Immer's copies split what is one, and share what stands under symbols.
      const texts = new Set(nodes.map(node => this.describe(node).text))
      const fair = !text.includes('Symbol(s)') && texts.size === nodes.length
      return fair && !Object.isFrozen(copy) ? this.raw(copy) : 0
    }
    // In an array Immer takes it for the element where it happens to stand.
    if (kind === 11 && api.isDraft(found) && this.frozenBase && !Array.isArray(into)) {
      return api.original(found)
    }
    if (kind === 12 && this.mine.length > 0) {
      const again = random.pick(this.mine)
      return reaches(again, into) ? 0 : again
    }
    return found
  }

  private raw(value: unknown): unknown {
    if (!isContainer(value)) return value
    this.raws.push(value)
    this.mine.push(value)
    return value
  }

  private step(): void {
    const { random, api } = this
    if (this.mine.length > 0 && random.chance(0.1)) return this.writeRaw()
    const at = this.walk()
    if (random.chance(0.15)) this.held.push(at)
    this.note('at', at)
    if (random.chance(0.06) && api.isDraft(at)) {
      return this.note(`current ${this.describe(api.current(at)).text}`)
    }
    if (!api.isDraft(at) && Object.isFrozen(at)) return
    if (Array.isArray(at)) this.arrayStep(at)
    else if (at instanceof Map) this.mapStep(at)
    else if (at instanceof Set) this.setStep(at)
    else this.objectStep(at)
    this.note('then', at)
  }

  /** Set by whoever compares. */
  describe: (value: unknown) => Described = () => ({ text: '', nodes: [] })

  /** The user's own object, written to by the user. */
  private writeRaw(): void {
    const mine: any = this.random.pick(this.mine)
    if (Object.isFrozen(mine) || mine instanceof Map || mine instanceof Set) return
    if (Array.isArray(mine)) mine.push(this.random.below(9))
    else mine.mine = this.random.below(9)
    this.note('raw', mine)
  }

  private objectStep(at: any): void {
    const { random } = this
    const keys = Reflect.ownKeys(at).filter(key => !KEPT.includes(key))
    const key = keys.length > 0 && random.chance(0.6) ? random.pick(keys) : randomKey(random)
    const kind = random.below(10)
    this.note(`object ${kind} ${String(key)}`)
    if (kind <= 3) at[key] = this.value(at)
    else if (kind === 4) delete at[key]
    else if (kind === 5) {
      const value = at[key]
      delete at[key]
      at[key] = value
    } else if (kind === 6) {
      const value = at[key]
      delete at[key]
      at[randomKey(random)] = value
    } else if (kind === 7) Object.assign(at, { z: 1, [key]: this.value(at) })
    else if (kind === 8) this.note(`${key in at} ${Object.hasOwn(at, key)} ${fields(at)}`)
    else if (Array.isArray(at[key])) at[key] = this.remake(at[key])
  }

  private remake(list: any[]): any[] {
    const kind = this.random.below(4)
    if (kind === 0) return list.filter((_, i) => i % 2 === 0)
    if (kind === 1) return [...list]
    return kind === 2 ? list.map(item => item) : list.slice(1)
  }

  private arrayStep(at: any[]): void {
    const { random } = this
    const i = random.below(at.length + 1)
    const kind = random.below(15)
    this.note(`array ${kind} ${i}`)
    if (kind <= 1) at.push(this.value(at))
    else if (kind === 2) at.unshift(this.value(at))
    else if (kind === 3) this.held.push(...[at.pop(), at.shift()].filter(isContainer))
    else if (kind === 4) this.held.push(...at.splice(i, random.below(3)).filter(isContainer))
    else if (kind === 5) at.splice(i, random.below(2), this.value(at), 5)
    else if (kind === 6) at.reverse()
    else if (kind === 7) at.sort((a, b) => rank(a) - rank(b))
    else if (kind === 8 && i < at.length) at[i] = this.value(at)
    else if (kind === 9) at.length = i
    else if (kind === 10 && at.length > 1) {
      const j = random.below(at.length)
      if (i < at.length) [at[i], at[j]] = [at[j], at[i]]
    } else if (kind === 11) {
      const wanted = random.below(6)
      const found = at.find(item => item?.id === wanted)
      if (found !== undefined) found.found = 1
    } else if (kind === 12 && at.length > 0) {
      const item = at[random.below(at.length)]
      this.note(`${at.indexOf(item)} ${at.includes(item)} ${at.lastIndexOf(item)}`)
    } else if (kind === 13) {
      for (const item of at) if (isContainer(item) && random.chance(0.4)) this.held.push(item)
    } else if (kind === 14 && this.mine.length > 0) {
      const mine = random.pick(this.mine)
      this.note(`${at.indexOf(mine)} ${at.includes(mine)}`)
    }
  }

  private mapStep(at: Map<unknown, unknown>): void {
    const { random } = this
    const key = random.below(4)
    const kind = random.below(6)
    this.note(`map ${kind} ${key}`)
    if (kind <= 1) at.set(key, this.value(at))
    else if (kind === 2) at.delete(key)
    else if (kind === 3 && at.has(key)) {
      const value = at.get(key)
      at.delete(key)
      at.set(key, value)
    } else if (kind === 4) at.forEach((value, key) => this.note(`${String(key)} ${typeof value}`))
    else if (random.chance(0.2)) at.clear()
  }

  private setStep(at: Set<unknown>): void {
    const { random } = this
    const kind = random.below(6)
    this.note(`set ${kind}`)
    const members = [...at]
    if (kind <= 1) {
      // A raw member of the base that comes back is a member of the base again: not so in Immer.
      const value = this.value(at)
      if (!isContainer(value) || !Object.isFrozen(value)) at.add(value)
    } else if (kind === 2 && members.length > 0) at.delete(random.pick(members))
    else if (kind === 3 && members.length > 0) {
      const member = random.pick(members)
      at.delete(member)
      at.add(member)
    } else if (kind === 4 && members.length > 0) this.note(`${at.has(random.pick(members))}`)
    else if (random.chance(0.2)) at.clear()
  }
}

const rank = (value: any): number => (typeof value === 'number' ? value : (value?.id ?? -1))

/** What can be seen of one container without going deeper. */
function look(at: any): string {
  const seen = entries(at).map(([key, value]) => {
    return `${String(key)}:${isContainer(value) ? kindOf(value) : String(value)}`
  })
  return `${kindOf(at)}{${seen.join()}}`
}

function kindOf(value: object): string {
  if (value instanceof Map) return 'Map'
  if (value instanceof Set) return 'Set'
  const prototype = Object.getPrototypeOf(value) as { constructor: { name: string } } | null
  return prototype?.constructor.name ?? 'null'
}

const fields = (at: object): string =>
  Object.entries(Object.getOwnPropertyDescriptors(at))
    .filter(([key]) => key !== 'hidden')
    .map(([key, { enumerable, configurable }]) => `${key} ${enumerable} ${configurable}`)
    .join()

/** Whether `inner` stands at or below `outer`. */
function reaches(outer: unknown, inner: object, seen: Set<object> = new Set()): boolean {
  if (outer === inner) return true
  if (!isContainer(outer) || seen.has(outer)) return false
  seen.add(outer)
  return entries(outer).some(([, value]) => reaches(value, inner, seen))
}

/** What stands under symbols need not be. */
function isFrozenDeep(value: unknown): boolean {
  if (!isContainer(value)) return true
  if (!Object.isFrozen(value)) return false
  return entries(value).every(([key, below]) => {
    return isFrozenDeep(below) && (typeof key !== 'symbol' || !isContainer(below))
  })
}
