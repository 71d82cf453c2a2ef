// Steps of a random program on a Map and on a Set.
import type { Pair, Program } from './program.ts'
import { childOf, copy, isContainer, randomMapKey, randomPrimitive } from './values.ts'

export function mapStep(program: Program, at: Pair): void {
  const { random } = program
  const { draft, model } = at
  const keys = [...model.keys()]
  const key = keys.length > 0 && random.chance(0.6) ? random.pick(keys) : randomMapKey(random)
  const value = model.get(key)
  if (value instanceof Date && random.chance(0.6)) return program.moveDate(at, key)
  const kind = random.below(8)
  program.log.push(`map ${kind} ${String(key)}`)
  if (kind <= 2) {
    const from = program.source(at, key)
    draft.set(key, from.draft)
    model.set(key, from.model)
  } else if (kind === 3) {
    draft.delete(key)
    model.delete(key)
  } else if (kind === 4 && isContainer(value) && program.aliases) {
    const other = randomMapKey(random)
    const moved = draft.get(key)
    draft.delete(key)
    draft.set(other, moved)
    model.delete(key)
    model.set(other, value)
  } else if (kind === 5 && model.has(key)) {
    draft.set(key, copy(value))
    model.set(key, copy(value))
  } else if (kind === 6 && random.chance(0.3)) {
    draft.clear()
    model.clear()
  } else {
    const primitive = randomPrimitive(random)
    draft.set(key, primitive)
    model.set(key, primitive)
  }
}

export function setStep(program: Program, at: Pair): void {
  const { random } = program
  const { draft, model } = at
  const place = random.below(model.size)
  const member = childOf(model, place)
  if (member instanceof Date && random.chance(0.6)) return program.moveDate(at, place)
  const kind = random.below(7)
  program.log.push(`set ${kind} ${place}`)
  if (kind <= 2) {
    const from = program.source(at, place, false)
    draft.add(from.draft)
    model.add(from.model)
  } else if (kind === 3 && model.size > 0) {
    draft.delete(childOf(draft, place))
    model.delete(member)
  } else if (kind === 4 && model.size > 0) {
    const held = childOf(draft, place)
    draft.delete(held)
    draft.add(held)
    model.delete(member)
    model.add(member)
  } else if (kind === 5 && random.chance(0.3)) {
    draft.clear()
    model.clear()
  } else {
    const primitive = randomPrimitive(random)
    draft.add(primitive)
    model.add(primitive)
  }
}
