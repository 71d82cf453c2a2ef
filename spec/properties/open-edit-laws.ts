// An open edit against the model: peeks change nothing, savepoints and rollbacks put back what was,
// and drafts held across them go on.
import * as assert from 'uvu/assert'
import { createStore, type Edit, type Savepoint } from 'cowslip'
import { apply } from '../../lib/changes/apply.ts'
import { equal, equalInOrder } from '../support/equal.ts'
import { checkForm } from './form.ts'
import { ModelCapture } from './model.ts'
import { Program, untouched } from './program.ts'
import { Random } from './random.ts'
import { copy, isContainer, look, put, randomDocument } from './values.ts'

/** Runs the program of this seed; throws where a law is broken. */
export function checkOpenEdit(seed: number): void {
  const random = new Random(seed)
  const store = createStore<any>(randomDocument(random))
  const base = store.state
  const before = copy(base)
  const edit = store.begin()
  // Half of them roll paths back; there, nothing leaves its key.
  const paths = random.chance(0.5)
  const program = new Program(random, base, edit.draft, { aliases: !paths, restores: true })
  const run = new Run(program, edit, base)
  try {
    for (let i = random.below(15); i >= 0; i--) run.step(paths)
    run.peek()
    const change = edit.commit()
    assert.ok(equalInOrder(store.state, program.root.model), 'the state after commit')
    assert.ok(equal(base, before), 'the base is untouched')
    assert.is(change === null, store.state === base, 'no change exactly if the root is kept')
    assert.ok(untouched(program), "the callers' objects are untouched")
  } catch (error) {
    const { message } = error as Error
    throw new Error(`seed ${seed}: ${message}\n${program.log.join('; ')}`, { cause: error })
  }
}

class Run {
  readonly program: Program
  readonly edit: Edit<any>
  readonly base: object
  readonly original: ModelCapture
  readonly savepoints: [Savepoint, ModelCapture][] = []

  constructor(program: Program, edit: Edit<any>, base: object) {
    this.program = program
    this.edit = edit
    this.base = base
    this.original = new ModelCapture([program.root.model])
  }

  step(paths: boolean): void {
    const { random, log } = this.program
    const kind = random.below(12)
    if (kind === 0) this.peek()
    else if (kind === 1) {
      log.push('savepoint')
      this.savepoints.push([this.edit.savepoint(), new ModelCapture(this.roots())])
    } else if (kind === 2 && this.savepoints.length > 0) this.rollbackTo()
    else if (kind === 3 && paths) this.rollbackKey()
    else this.program.step()
  }

  peek(): void {
    const { model } = this.program.root
    this.program.log.push('peek')
    const change = this.edit.changeSet()
    const next = change.isEmpty ? this.base : apply(this.base, change.ops)
    assert.ok(equal(next, model), 'a peek tells the state')
    if (!change.isEmpty) checkForm(change.ops, this.base)
    assert.is(this.edit.isModified(), !equalInOrder(this.base, model))
    for (const key of new Set([...Object.keys(this.base), ...Object.keys(model)])) {
      const [old, now] = [look(this.base, key), look(model, key)]
      assert.is(this.edit.hasChanged([key]), !equalInOrder(old, now), `hasChanged ${key}`)
    }
  }

  private roots(): unknown[] {
    const { root, held, dates } = this.program
    return [root.model, ...held.map(({ model }) => model), ...dates.map(([, model]) => model)]
  }

  private rollbackTo(): void {
    const [savepoint, captured] = this.program.random.pick(this.savepoints)
    this.program.log.push(`rollback to savepoint ${savepoint.number}`)
    this.edit.rollback(savepoint)
    this.keepHeld(captured)
    const seen = new Set<object>()
    for (const root of this.roots()) captured.restore(root, seen)
  }

  /** What did not exist then is nowhere now. */
  private keepHeld(captured: ModelCapture): void {
    const { program } = this
    program.held = program.held.filter(({ model }) => captured.has(model))
    program.dates = program.dates.filter(([, model]) => captured.has(model))
  }

  private rollbackKey(): void {
    const { program, base } = this
    const { model } = program.root
    const keys = [...new Set([...Object.keys(base), ...Object.keys(model)])]
    if (keys.length === 0) return
    const key = program.random.pick(keys)
    program.log.push(`rollback ${key}`)
    this.keepHeld(new ModelCapture([model]))
    this.edit.rollback([key])
    if (!Object.hasOwn(base, key)) delete model[key]
    else {
      const value = this.originalOf(key)
      put(model, key, value)
      this.original.restore(value)
    }
    const reachable = new ModelCapture([model])
    this.keepHeld(reachable)
  }

  /** The model's own object for what the base holds at `key`. */
  private originalOf(key: string): unknown {
    const { model } = this.program.root
    const value = this.original.contents(model)?.get(key)
    return isContainer(value) || value instanceof Date ? value : look(this.base, key)
  }
}
