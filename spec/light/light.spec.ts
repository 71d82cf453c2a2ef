// `cowslip/light`: what its stores, edits and change sets have, what comes by functions, and what is left out.
import * as assert from 'uvu/assert'
import * as full from 'cowslip'
import * as light from 'cowslip/light'
import { code, suite } from '../support/suite.ts'

const test = suite('cowslip/light')

const ada = () => light.createStore({ name: 'Ada', tags: ['math'], address: { city: 'London' } })

test('a store has state, edits and subscriptions, bound', () => {
  const store = ada()
  const { edit, patch, subscribe, select, on, begin } = store
  const heard: unknown[] = []
  subscribe((change, { state, previous }) => heard.push([change.touched, state, previous]))
  subscribe(change => heard.push(change.version), { path: 'address.city' })
  select(
    state => state.tags.length,
    (now, before) => heard.push([before, now]),
  )
  on('change', ({ change }) => heard.push(change.label))
  on('rollback', ({ touched }) => heard.push(touched))
  const before = store.state
  const change = edit(draft => void draft.tags.push('navy'), { label: 'tag' })
  assert.equal(heard, [[['tags'], store.state, before], [1, 2], 'tag'])
  assert.ok(change instanceof light.ChangeSet)
  assert.equal(change.changes, { tags: ['math', 'navy'] })
  assert.is(
    edit(() => {}),
    null,
  )
  patch({ address: { city: 'Paris' } })
  assert.equal(heard.slice(3), [
    [['address'], store.state, { ...before, tags: ['math', 'navy'] }],
    2,
    undefined,
  ])
  const open = begin()
  open.draft.name = 'Grace'
  open.rollback()
  assert.equal(heard.at(-1), ['name'])
  assert.equal(JSON.parse(JSON.stringify(store)), store.state)
  assert.ok(Object.isFrozen(store.state.address))
})

test('an open edit: changed, original values, commit on a store that moved on', () => {
  const store = ada()
  const edit = store.begin()
  assert.equal(edit.changed, [])
  edit.draft.address.city = 'Paris'
  edit.draft.tags = []
  assert.equal(edit.changed, ['address', 'tags'])
  assert.is(edit.getOriginalValue('address.city'), 'London')
  edit.draft.tags = ['math']
  assert.equal([edit.changed, edit.isModified()], [['address'], true])
  assert.equal(edit.changeSet().touched, ['address'])
  store.edit(draft => void (draft.name = 'Grace'))
  const change = edit.commit()
  assert.equal([change?.touched, change?.version], [['address'], 2])
  assert.equal(store.state, { name: 'Grace', tags: ['math'], address: { city: 'Paris' } })
  assert.throws(() => edit.commit(), code('ended-edit'))
})

test('an edit that touched the same key as another stays open', () => {
  const store = ada()
  const edit = store.begin()
  edit.draft.tags.push('navy')
  store.edit(draft => void draft.tags.unshift('poetry'))
  assert.throws(() => edit.commit(), code('conflict'))
  assert.equal(edit.draft.tags, ['math', 'navy'])
  assert.equal(store.state.tags, ['poetry', 'math'])
  edit.rollback()
})

test('history: undo leaves what came from elsewhere alone', () => {
  const store = light.withHistory(ada(), { limit: 2 })
  store.edit(draft => void (draft.name = 'Grace'))
  light.applyJSONPatch(store, [{ op: 'add', path: '/tags/0', value: 'navy' }])
  assert.equal(
    store.history.past.map(({ touched }) => touched),
    [['name']],
  )
  const { undo, redo } = store
  assert.is(undo()?.origin, 'undo')
  assert.equal([store.state.name, store.state.tags], ['Ada', ['navy', 'math']])
  assert.is(redo()?.origin, 'redo')
  assert.equal([store.canUndo, store.canRedo], [true, false])
  store.history.clear()
  assert.is(store.undo(), null)
  for (const other of [store, full.createStore({}), {}, null] as any[]) {
    assert.throws(() => light.withHistory(other), code('bad-argument'))
  }
  assert.throws(() => light.withHistory(ada(), { limit: -1 }), code('bad-argument'))
})

test('a JSON Patch is applied whole or not at all', () => {
  const store = ada()
  const patch: light.JSONPatchOperation[] = [
    { op: 'replace', path: '/name', value: 'Grace' },
    { op: 'remove', path: '/nothing' },
  ]
  assert.throws(() => light.applyJSONPatch(store, patch), code('conflict'))
  assert.is(store.state.name, 'Ada')
  assert.is(light.applyJSONPatch(store, patch.slice(0, 1))?.origin, 'remote')
  assert.is(light.applyJSONPatch(store, []), null)
  assert.throws(() => light.applyJSONPatch({} as never, []), code('bad-argument'))
  assert.throws(() => light.applyJSONPatch(store, {} as never), code('bad-argument'))
})

test('savepoints and roll-back by path', () => {
  const edit = light.savepoints(ada().begin())
  edit.draft.name = 'Grace'
  const point = edit.savepoint()
  edit.draft.tags.push('navy')
  edit.rollback(point)
  assert.equal(edit.changed, ['name'])
  assert.throws(() => edit.rollback({ number: 9 }), code('bad-argument'))
  edit.rollback('name')
  assert.not(edit.isModified())
  edit.rollback()
  assert.throws(() => edit.savepoint(), code('ended-edit'))
  assert.throws(() => light.savepoints(edit), code('ended-edit'))
  assert.throws(() => light.savepoints({} as never), code('bad-argument'))
})

test('wrong arguments are refused', () => {
  for (const wrong of [null, [], 1, 'x', new Map()] as any[]) {
    assert.throws(() => light.createStore(wrong), code('bad-argument'))
  }
  assert.throws(() => light.createStore({}, { history: false } as never), code('bad-argument'))
  const change = ada().edit(draft => void (draft.name = 'x'))!
  for (const call of [light.compose, light.rebase] as any[]) {
    assert.throws(() => call(change, {}), code('bad-argument'))
    assert.throws(() => call(null, change), code('bad-argument'))
  }
  for (const call of [light.toJSONPatch, light.encode] as any[]) {
    assert.throws(() => call({}), code('bad-argument'))
  }
  assert.throws(() => light.decode({}), code('bad-argument'))
  assert.throws(() => new (light.ChangeSet as any)(), code('bad-argument'))
})

test('both kinds of change sets are told by one brand', () => {
  const ours = ada().edit(draft => void draft.tags.push('navy'))!
  const theirs = full.createStore({ name: 'Ada', tags: ['math'] }).edit(d => void d.tags.push('x'))!
  assert.ok(theirs instanceof light.ChangeSet && !(ours instanceof full.ChangeSet))
  assert.equal(light.compose(theirs, light.decode(light.encode(theirs.invert()))).isEmpty, true)
  const store = full.createStore({ name: 'Ada', tags: ['math'] })
  assert.equal(store.apply(ours as never)?.touched, ['tags'])
  assert.equal(store.state.tags, ['math', 'navy'])
})

test('what is left out of a store, an edit and a change set', () => {
  const [store, other] = [ada(), full.createStore({})] as any[]
  const missing = (a: any, b: any): string[] => {
    const names = new Set<string>()
    for (let at = b; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const name of Object.getOwnPropertyNames(at)) if (!(name in a)) names.add(name)
    }
    return [...names]
      .filter(
        name =>
          !/^(store|base|scope|listeners|ended|savepoints|rebaseOptions|isTelling)$/.test(name),
      )
      .sort()
  }
  const OF_STORE = ['apply', 'canRedo', 'canUndo', 'events', 'history', 'redo', 'undo']
  assert.equal(missing(store, other), OF_STORE)
  const edits = missing(store.begin(), other.begin())
  for (const name of ['compareField', 'hasChanged', 'rebase', 'savepoint']) {
    assert.ok(edits.includes(name), name)
  }
  const change = (from: any) => from.edit((draft: any) => void (draft.name = 'x'))
  assert.equal(missing(change(store), change(other)), [
    'compose',
    'rebase',
    'toJSON',
    'toJSONPatch',
    'touches',
  ])
})

test.run()
