// Two writers of one document. What each writes leaf by leaf, and the same written with spreads, `map` and `filter`,
// merges alike.
import * as assert from 'uvu/assert'
import { ConflictError, createStore, type ChangeSet, type Op } from 'cowslip'
import { equal } from '../support/equal.ts'
import { Random } from './random.ts'

type Node = Record<string, any>

/** A step down: a key of an object, or the element with an id. */
type Step = string | { readonly id: number }

interface Edit {
  readonly path: readonly Step[]
  readonly act: 'set' | 'delete' | 'append' | 'remove'
  readonly value: unknown
}

const FIELDS = ['a', 'b', 'c', 'd']

const leaf = (random: Random): unknown => random.pick<unknown>([0, 1, 2, 'x', 'y', true, null])

function object(random: Random, depth: number): Node {
  const node: Node = {}
  for (const field of FIELDS) {
    if (random.chance(0.3)) continue
    node[field] = depth > 0 && random.chance(0.4) ? object(random, depth - 1) : leaf(random)
  }
  return node
}

const element = (random: Random, id: number): Node => ({ id, ...object(random, 1) })

const document = (random: Random): Node => ({
  o: object(random, 2),
  l: Array.from({ length: random.below(5) }, (_, id) => element(random, id)),
  p: { list: Array.from({ length: random.below(4) }, (_, id) => element(random, id)) },
})

/** An edit somewhere in `root`; `ids` are for what it appends. */
function randomEdit(random: Random, root: Node, ids: number): Edit {
  const path: Step[] = [random.pick(Object.keys(root))]
  let at: any = root[path[0] as string]
  while (random.chance(0.7)) {
    if (Array.isArray(at)) {
      if (at.length === 0 || random.chance(0.3)) break
      at = random.pick(at)
      path.push({ id: at.id })
      continue
    }
    const below = Object.keys(at).filter(key => typeof at[key] === 'object' && at[key] !== null)
    if (below.length === 0) break
    const key = random.pick(below)
    path.push(key)
    at = at[key]
  }
  if (Array.isArray(at)) {
    if (at.length === 0 || random.chance(0.5)) {
      return { path, act: 'append', value: element(random, ids + random.below(50)) }
    }
    return { path: [...path, { id: random.pick(at).id }], act: 'remove', value: null }
  }
  const field = random.pick(FIELDS)
  if (random.chance(0.2)) return { path: [...path, field], act: 'delete', value: null }
  return { path: [...path, field], act: 'set', value: leaf(random) }
}

const find = (node: any, step: Step): any =>
  typeof step === 'string' ? node?.[step] : node?.find((x: Node) => x.id === step.id)

/** The edit, leaf by leaf. */
function byLeaf(root: Node, { path, act, value }: Edit): void {
  const last = path.at(-1) as Step
  let at: any = root
  for (const step of path.slice(0, -1)) at = find(at, step)
  if (at === undefined || at === null || typeof at !== 'object') return
  if (act === 'append') {
    const list = find(at, last)
    if (!list.some((x: Node) => x.id === (value as Node).id)) list.push(structuredClone(value))
  } else if (typeof last === 'object') {
    const index = at.findIndex((x: Node) => x.id === last.id)
    if (index >= 0) at.splice(index, 1)
  } else if (act === 'delete') delete at[last]
  else at[last] = value
}

/** The same as a new value for what stands at the first step. */
function bySpread(node: any, path: readonly Step[], edit: Edit): any {
  const [step, ...rest] = path
  if (step === undefined) {
    const { value } = edit
    if (node.some((x: Node) => x.id === (value as Node).id)) return node
    return [...node, structuredClone(value)]
  }
  if (node === undefined || node === null || typeof node !== 'object') return node
  const isLast = rest.length === 0 && edit.act !== 'append'
  if (typeof step === 'object') {
    if (isLast) return node.filter((x: Node) => x.id !== step.id)
    return node.map((x: Node) => (x.id === step.id ? bySpread(x, rest, edit) : x))
  }
  if (!isLast) return step in node ? { ...node, [step]: bySpread(node[step], rest, edit) } : node
  const { [step]: _, ...others } = node
  return edit.act === 'delete' ? others : { ...node, [step]: edit.value }
}

function changeOf(base: Node, edits: readonly Edit[], spreads: boolean): ChangeSet | null {
  return createStore<any>(base).edit(draft => {
    for (const edit of edits) {
      const [first, ...rest] = edit.path
      if (spreads) draft[first as string] = bySpread(draft[first as string], rest, edit)
      else byLeaf(draft, edit)
    }
  })
}

/** What both make of the base, one after the other; undefined: they clash. */
function merged(base: Node, mine: ChangeSet | null, theirs: ChangeSet | null): unknown {
  const store = createStore<any>(base)
  if (theirs !== null) store.apply(theirs)
  if (mine === null) return store.state
  try {
    store.apply(theirs === null ? mine : mine.rebase(theirs))
    return store.state
  } catch (error) {
    if (error instanceof ConflictError) return undefined
    throw error
  }
}

const isContainer = (value: unknown): boolean => typeof value === 'object' && value !== null

/** Whether a container was written whole: so is what keeps nothing of the old one, which leaf by leaf it may be. */
function writesWhole(op: Op): boolean {
  if (op.kind === 'set') return isContainer(op.old) && isContainer(op.value)
  if (op.kind === 'object') return [...op.keys.values()].some(writesWhole)
  return op.kind === 'array' && [...(op.edits?.values() ?? [])].some(writesWhole)
}

/** Throws where what merges leaf by leaf does not merge with spreads. Whether it did. */
export function checkSpreads(seed: number): boolean {
  const random = new Random(seed)
  const base = document(random)
  const [mine, theirs] = [100, 200].map(ids =>
    Array.from({ length: 1 + random.below(3) }, () => randomEdit(random, base, ids)),
  ) as [Edit[], Edit[]]
  const leaves = merged(base, changeOf(base, mine, false), changeOf(base, theirs, false))
  if (leaves === undefined) return false
  const whole = [mine, theirs].some(edits => {
    const change = changeOf(base, edits, true)
    return change !== null && writesWhole(change.ops)
  })
  if (whole) return false
  const told = `seed ${seed}: ${JSON.stringify({ base, mine, theirs, leaves })}`
  for (const [ours, other] of [
    [true, true],
    [true, false],
    [false, true],
  ]) {
    const made = merged(
      base,
      changeOf(base, mine, ours as boolean),
      changeOf(base, theirs, other as boolean),
    )
    assert.ok(made !== undefined, `it clashes: ${told}`)
    assert.ok(equal(made, leaves), `${JSON.stringify(made)} ${told}`)
  }
  return true
}
