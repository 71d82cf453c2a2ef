import { apply } from '../changes/apply.ts'
import { isChangeSet, partsOf, type ChangeInfo, type ChangeSet } from '../changes/change-set.ts'
import type { Patch } from '../changes/immer-patches.ts'
import type { ObjectOp } from '../changes/ops.ts'
import { badArgument } from '../document/errors.ts'
import { showBy } from '../document/inspect.ts'
import { parsePath } from '../document/parse-path.ts'
import type { Path } from '../document/path.ts'
import type { Draft, Immutable } from '../document/types.ts'
import type { DraftScope } from '../draft/draft.ts'
import type { EventOf, StoreEvent } from '../events/types.ts'
import { applyPatches } from './apply-patches.ts'
import { bindLazily } from './bind-lazily.ts'
import { Core } from './core.ts'
import type { Edit, EditOptions } from './edit-types.ts'
import { OpenEdit } from './open-edit.ts'
import { checkEditOptions, checkFunction, checkOptions, checkSignal } from './options.ts'
import { patchFields } from './patch-fields.ts'
import { runRecipe } from './run-recipe.ts'
import type { ChangeListener, SelectOptions, Store, SubscribeOptions } from './store-types.ts'
import { takeChange } from './take-change.ts'

/** See {@link Store}. */
export class MemoryStore<T extends object> implements Store<T> {
  static {
    showBy('Store', this.prototype, ({ version, state }) => ({ version, state }))
    bindLazily(this.prototype, [
      'edit',
      'patch',
      'begin',
      'apply',
      'subscribe',
      'select',
      'on',
      'events',
    ])
  }

  readonly #core: Core<T>

  constructor(core: Core<T>) {
    this.#core = core
  }

  get state(): Immutable<T> {
    return this.#core.state
  }

  get version(): number {
    return this.#core.version
  }

  edit(recipe: (draft: Draft<T>) => unknown, options: EditOptions = {}): ChangeSet | null {
    checkFunction('recipe', recipe)
    return this.#draft(scope => runRecipe(scope, recipe), options)
  }

  patch(
    partial: { readonly [K in keyof T]?: T[K] | undefined },
    options: EditOptions = {},
  ): ChangeSet | null {
    checkEditOptions(options)
    this.#core.assertFree()
    return this.#apply(patchFields(this.state, partial, this.#core.intake), options)
  }

  begin(): Edit<T> {
    return new OpenEdit(this.#core)
  }

  apply(change: ChangeSet | readonly Patch[], options: EditOptions = {}): ChangeSet | null {
    checkEditOptions(options)
    if (Array.isArray(change)) {
      const patches = change as readonly Patch[]
      const run = (scope: DraftScope): void => applyPatches(scope.root.proxy, patches)
      return this.#draft(run, { ...options, origin: 'remote' })
    }
    if (!isChangeSet(change)) {
      throw badArgument('change', 'a change set, or a list of patches', change)
    }
    this.#core.assertFree()
    const op = takeChange(this.#core, change)
    return this.#apply(op, { ...this.#provenance(change), ...options })
  }

  subscribe(listener: ChangeListener<T>, options: SubscribeOptions = {}): () => void {
    checkFunction('listener', listener)
    checkOptions(options)
    checkSignal(options.signal)
    return this.#core.hub.onPaths(
      pathsOf(options),
      ({ change, state, previous }) => listener(change, { state, previous }),
      nameOf(listener),
      options.signal,
    )
  }

  select<V>(
    selector: (state: Immutable<T>) => V,
    listener: (value: V, previous: V, change: ChangeSet) => unknown,
    options: SelectOptions<V> = {},
  ): () => void {
    checkFunction('selector', selector)
    checkFunction('listener', listener)
    checkOptions(options)
    checkSignal(options.signal)
    const { equals = Object.is } = options
    checkFunction('equals', equals)
    let selected = selector(this.state)
    const hear = ({ change, state }: EventOf<T, 'change'>): unknown => {
      const previous = selected
      const value = selector(state)
      if (equals(previous, value)) return
      selected = value
      return listener(value, previous, change)
    }
    return this.#core.hub.on('change', hear, nameOf(listener), options.signal)
  }

  on<K extends StoreEvent<T>['type']>(
    type: K,
    listener: (event: EventOf<T, K>) => unknown,
    options: { readonly signal?: AbortSignal } = {},
  ): () => void {
    checkFunction('listener', listener)
    checkOptions(options)
    checkSignal(options.signal)
    return this.#core.hub.on(type, listener, nameOf(listener), options.signal)
  }

  events(options: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<StoreEvent<T>> {
    checkOptions(options)
    checkSignal(options.signal)
    return this.#core.hub.stream(options.signal) as AsyncIterableIterator<StoreEvent<T>>
  }

  /** One edit through a draft. */
  #draft(run: (scope: DraftScope) => void, info: ChangeInfo): ChangeSet | null {
    checkEditOptions(info)
    const core = this.#core
    core.assertFree()
    const { op, value } = core.draft(run)
    return op === null ? null : core.commit(op as ObjectOp, value, info)
  }

  #apply(op: ObjectOp, info: ChangeInfo): ChangeSet | null {
    if (op.keys.size === 0) return null
    return this.#core.commit(op, apply(this.state, op) as object, info)
  }

  /** What a change from elsewhere keeps: what it is called, and that it came from there. */
  #provenance(change: ChangeSet): ChangeInfo {
    const { info, source } = partsOf(change)
    const { label, meta } = info
    const known = { ...(label !== undefined && { label }), ...(meta !== undefined && { meta }) }
    if (source === this.#core.token) return known
    return { ...known, id: change.id, origin: 'remote' }
  }
}

function pathsOf({ fields, path }: SubscribeOptions): readonly Path[] {
  const paths: Path[] = path === undefined ? [] : [parsePath(path)]
  if (fields === undefined) return paths.length === 0 ? [[]] : paths
  if (!Array.isArray(fields) || !fields.every(field => typeof field === 'string')) {
    throw badArgument('fields', 'a list of top-level keys', fields)
  }
  return [...paths, ...fields.map(field => [field])]
}

const nameOf = (listener: { name: string }): string => listener.name || 'an unnamed listener'
