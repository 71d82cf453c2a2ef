// Random programs: each step does the same to a draft and to a mutable deep copy (the model).
import { equal } from '../support/equal.ts'
import type { Random } from './random.ts'
import {
  childOf,
  children,
  copy,
  isContainer,
  look,
  put,
  randomKey,
  randomPrimitive,
  randomValue,
  some,
} from './values.ts'
import { mapStep, setStep } from './collection-steps.ts'

/** The same container in both worlds. */
export interface Pair {
  draft: any
  model: any
}

/** One program under way. */
export class Program {
  readonly random: Random
  readonly root: Pair
  readonly base: object
  /** Handles kept for later; their containers may have moved or gone. */
  held: Pair[] = []
  /** Dates that were read, in both worlds. */
  dates: [draft: Date, model: Date][] = []
  /** What was inserted, and how it looked then. */
  readonly inserted: [given: unknown, before: unknown][] = []
  /** Every object that was inserted, with what stands for it in the model. */
  readonly givens: [given: object, model: object][] = []
  readonly log: string[] = []
  /** Whether containers may stand in two places, or leave the key they had. */
  readonly aliases: boolean
  /** Whether savepoints and paths are rolled back to. */
  readonly restores: boolean

  constructor(
    random: Random,
    base: object,
    draft: object,
    { aliases = true, restores = false }: { aliases?: boolean; restores?: boolean } = {},
  ) {
    this.random = random
    this.base = base
    this.root = { draft, model: copy(base) }
    this.aliases = aliases
    this.restores = restores
  }

  step(): void {
    if (this.dates.length > 0 && this.random.chance(0.05)) {
      const time = this.random.below(4)
      this.log.push(`held date ${time}`)
      for (const date of this.random.pick(this.dates)) date.setTime(time)
      return
    }
    const pair =
      this.random.chance(0.15) && this.held.length > 0 ? this.random.pick(this.held) : this.walk()
    if (this.random.chance(0.1)) this.held.push(pair)
    if (Array.isArray(pair.model)) this.arrayStep(pair)
    else if (pair.model instanceof Map) mapStep(this, pair)
    else if (pair.model instanceof Set) setStep(this, pair)
    else this.objectStep(pair)
  }

  /** A container somewhere below the root, by reading. */
  private walk(): Pair {
    let pair = this.root
    while (this.random.chance(0.7)) {
      const below = children(pair.model).filter(([, value]) => isContainer(value))
      if (below.length === 0) break
      const [key, model] = this.random.pick(below)
      pair = { draft: childOf(pair.draft, key), model }
    }
    return pair
  }

  /** Something to put in at `key`: a new value, or a container from elsewhere that does not hold `into`. */
  source(into: Pair, key: unknown, raw = true): Pair {
    if (this.aliases && this.random.chance(0.3)) {
      const found =
        this.random.chance(0.3) && this.held.length > 0 ? this.random.pick(this.held) : this.walk()
      if (!holds(found.model, into.model) && size(found.model) < 40) return found
    }
    const given =
      raw && this.random.odd && this.random.chance(0.2)
        ? this.baseValue(key)
        : randomValue(this.random, 2)
    const model = copy(given)
    this.inserted.push([given, copy(given)])
    this.note(given, model)
    return { draft: given, model }
  }

  private note(given: unknown, model: unknown): void {
    if (typeof given !== 'object' || given === null) return
    this.givens.push([given, model as object])
    if (!isContainer(given)) return
    const twins = children(model as object)
    children(given).forEach(([, value], i) => this.note(value, twins[i]?.[1]))
  }

  /**
   * A raw piece of the base; a copy where it holds a Set or stands in one: of that a member and its draft are one,
   * which the model does not know. A copy too where it may come home in a program that restores: there it is
   * the base's own value again, and the model knows two.
   */
  private baseValue(key: unknown): unknown {
    let value: unknown = this.base
    let from: unknown
    let member = false
    while (isContainer(value) && children(value).length > 0 && this.random.chance(0.8)) {
      member ||= value instanceof Set
      ;[from, value] = this.random.pick(children(value))
    }
    const home = this.restores && String(from) === String(key)
    return home || member || some(value, at => at instanceof Set) ? copy(value) : value
  }

  private objectStep(at: Pair): void {
    const { random } = this
    const keys = Object.keys(at.model)
    const key = keys.length > 0 && random.chance(0.6) ? random.pick(keys) : randomKey(random)
    const value = look(at.model, key)
    if (value instanceof Date && random.chance(0.6)) return this.moveDate(at, key)
    const kind = random.below(8)
    this.log.push(`object ${kind} ${key}`)
    if (kind <= 2) {
      const from = this.source(at, key)
      at.draft[key] = from.draft
      put(at.model, key, from.model)
    } else if (kind === 3) {
      if (!random.odd || random.chance(0.5)) delete at.draft[key]
      else at.draft[key] = undefined
      delete at.model[key]
    } else if (kind === 4 && isContainer(value) && this.aliases) {
      // A move: under another key here, the old one gone.
      const other = randomKey(random)
      const moved = at.draft[key]
      delete at.draft[key]
      at.draft[other] = moved
      delete at.model[key]
      put(at.model, other, value)
    } else if (kind === 5 && this.aliases && Array.isArray(value) && random.chance(0.7)) {
      const act = random.pick(REMAKES)
      at.draft[key] = act(at.draft[key])
      put(at.model, key, act(value))
    } else if (kind === 5 && this.aliases && isSpreadable(value) && random.chance(0.7)) {
      const field = { [randomKey(random)]: randomPrimitive(random) }
      at.draft[key] = { ...at.draft[key], ...field }
      put(at.model, key, { ...value, ...field })
    } else if (kind === 5) {
      const same = copy(value)
      if (same === undefined) return
      at.draft[key] = same
      put(at.model, key, copy(same))
    } else if (kind === 6 && isContainer(value)) {
      const moved = at.draft[key]
      at.draft[key] = 1
      at.draft[key] = moved
    } else {
      const primitive = randomPrimitive(random)
      at.draft[key] = primitive
      put(at.model, key, primitive)
    }
  }

  moveDate(at: Pair, key: unknown): void {
    const time = this.random.below(4)
    this.log.push(`date ${String(key)} ${time}`)
    const pair: [Date, Date] = [childOf(at.draft, key), childOf(at.model, key)]
    for (const date of pair) date.setTime(time)
    this.dates.push(pair)
  }

  private arrayStep(at: Pair): void {
    const { random } = this
    const { draft, model } = at
    const i = random.below(model.length + 1)
    const j = random.below(model.length + 1)
    const full = model.length > 0 && i < model.length
    if (full && model[i] instanceof Date && random.chance(0.6)) return this.moveDate(at, i)
    const kind = random.below(16)
    if (kind === 13 && !this.aliases) return
    this.log.push(`array ${kind} ${i} ${j}`)
    const both = (act: (list: any[]) => unknown): void => {
      act(draft)
      act(model)
    }
    const insert = (act: (list: any[], value: any) => unknown): void => {
      const from = this.source(at, i)
      act(draft, from.draft)
      act(model, from.model)
    }
    switch (kind) {
      case 0:
        return insert((list, value) => list.push(value))
      case 1:
        return insert((list, value) => list.unshift(value))
      case 2:
        return both(list => list.pop())
      case 3:
        return both(list => list.shift())
      case 4:
        return insert((list, value) => list.splice(i, j % 3, value))
      case 5:
        return both(list => list.splice(i, j % 3))
      case 6:
        return both(list => list.reverse())
      case 7:
        return both(list => list.sort((a, b) => (text(a) < text(b) ? -1 : 1)))
      case 8:
        return both(list => list.sort())
      case 9:
        return both(list => (list.length = Math.min(list.length, i)))
      case 10:
        return insert((list, value) => (list[i] = value))
      case 11:
        if (!full || j >= model.length) return
        return both(list => ([list[i], list[j]] = [list[j], list[i]]))
      case 12:
        if (!full) return
        return both(list => list.splice(Math.min(j, list.length - 1), 0, list.splice(i, 1)[0]))
      case 13:
        return both(list => list.copyWithin(i, j))
      case 14:
        return both(list => list.fill(7, i, j))
      default:
        if (!full) return
        return insert((list, value) => (list[i] = value))
    }
  }
}

/** What is commonly assigned over an array: made of it. */
const REMAKES: readonly ((list: any[]) => any[])[] = [
  list => list.filter((_, i) => i % 3 !== 1),
  list => list.slice(1),
  list => [...list],
  list => [7, ...list, 8],
  list => list.concat([1], list.slice(0, 1)),
  list => list.toReversed(),
  list => list.toSorted((a, b) => (text(a) < text(b) ? -1 : 1)),
  list => list.toSpliced(1, 1, 'x'),
  list => (list.length > 0 ? list.with(0, 'w') : list),
  list => list.map((value, i) => (i === 1 ? { i } : value)),
  list =>
    list.map((value, i) => (isSpreadable(value) && i !== 1 ? { ...value, spread: i } : value)),
]

/** Whether a spread of `value`, or of a draft of it, is a copy of it. */
const isSpreadable = (value: unknown): value is object =>
  isContainer(value) && Object.getPrototypeOf(value) === Object.prototype

const text = (value: unknown): string =>
  JSON.stringify(value, (_, v) => (v instanceof Map || v instanceof Set ? [...v] : v)) ?? ''

/** Whether `inner` stands at or below `outer`. */
function holds(outer: object, inner: object): boolean {
  if (outer === inner) return true
  return children(outer).some(([, value]) => isContainer(value) && holds(value, inner))
}

function size(value: object): number {
  return children(value).reduce((sum, [, v]) => sum + (isContainer(v) ? size(v) : 1), 1)
}

/**
 * Changes something that was inserted, or something in it. Gives what stands for that in the model; null: there was
 * nothing.
 */
export function writeLate({ givens, random, base }: Program): object | null {
  const own = givens.filter(([given]) => !Object.isFrozen(given) && !some(base, at => at === given))
  if (own.length === 0) return null
  const [late, model] = random.pick(own)
  if (late instanceof Date) late.setTime(late.getTime() + 1_000)
  else if (Array.isArray(late)) late.push('late')
  else if (late instanceof Map) late.set('late', 1)
  else if (late instanceof Set) late.add('late')
  else put(late, 'late', 1)
  return model
}

/** Whether what the recipe inserted is as the caller left it. */
export function untouched(program: Program): boolean {
  return program.inserted.every(([given, before]) => equal(given, before))
}
