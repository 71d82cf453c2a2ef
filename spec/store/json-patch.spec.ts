// JSON Patches from outside: the cases of RFC 6902 and their hard neighbours, told by hand.
import * as assert from 'uvu/assert'
import { createStore } from 'cowslip'
import { code, suite } from '../support/suite.ts'

const test = suite('store.apply of a JSON Patch')

type Case = readonly [
  name: string,
  base: object,
  patch: unknown,
  next: object | 'conflict' | 'bad-argument',
]

// prettier-ignore
const CASES: readonly Case[] = [
  ['add a key', { a: 1 }, [{ op: 'add', path: '/b', value: [1] }], { a: 1, b: [1] }],
  ['add over a key', { a: 1 }, [{ op: 'add', path: '/a', value: 2 }], { a: 2 }],
  ['add null', { a: 1 }, [{ op: 'add', path: '/a', value: null }], { a: null }],
  ['add into an array', { l: ['a', 'c'] }, [{ op: 'add', path: '/l/1', value: 'b' }], { l: ['a', 'b', 'c'] }],
  ['add at the end by its length', { l: [1] }, [{ op: 'add', path: '/l/1', value: 2 }], { l: [1, 2] }],
  ['add at the end by -', { l: [1] }, [{ op: 'add', path: '/l/-', value: [2] }], { l: [1, [2]] }],
  ['add beyond the end', { l: [1] }, [{ op: 'add', path: '/l/3', value: 2 }], 'conflict'],
  ['add at a wild index', { l: [1] }, [{ op: 'add', path: '/l/01', value: 2 }], 'conflict'],
  ['add below nothing', {}, [{ op: 'add', path: '/a/b', value: 1 }], 'conflict'],
  ['add below a text', { a: 'x' }, [{ op: 'add', path: '/a/b', value: 1 }], 'conflict'],
  ['an empty key', { '': 1 }, [{ op: 'replace', path: '/', value: 2 }], { '': 2 }],
  ['escaped keys', { 'a/b': 1, 'm~n': 2 }, [{ op: 'replace', path: '/a~1b', value: 3 }, { op: 'remove', path: '/m~0n' }], { 'a/b': 3 }],
  ['~01 is ~1', { '~1': 1 }, [{ op: 'remove', path: '/~01' }], {}],
  ['remove a key', { a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
  ['remove an element', { l: [1, 2, 3] }, [{ op: 'remove', path: '/l/1' }], { l: [1, 3] }],
  ['remove what is not there', { a: 1 }, [{ op: 'remove', path: '/b' }], 'conflict'],
  ['remove beyond the end', { l: [1] }, [{ op: 'remove', path: '/l/1' }], 'conflict'],
  ['replace a key', { a: { b: 1 } }, [{ op: 'replace', path: '/a/b', value: { c: 1 } }], { a: { b: { c: 1 } } }],
  ['replace what is not there', { a: 1 }, [{ op: 'replace', path: '/b', value: 1 }], 'conflict'],
  ['replace an element', { l: [1, 2] }, [{ op: 'replace', path: '/l/0', value: 9 }], { l: [9, 2] }],
  ['move a key', { a: { x: 1 }, b: {} }, [{ op: 'move', from: '/a/x', path: '/b/y' }], { a: {}, b: { y: 1 } }],
  ['move an element forwards', { l: [1, 2, 3] }, [{ op: 'move', from: '/l/0', path: '/l/2' }], { l: [2, 3, 1] }],
  ['move an element backwards', { l: [1, 2, 3] }, [{ op: 'move', from: '/l/2', path: '/l/0' }], { l: [3, 1, 2] }],
  ['move to where it is', { a: { x: 1 } }, [{ op: 'move', from: '/a', path: '/a' }, { op: 'add', path: '/b', value: 1 }], { a: { x: 1 }, b: 1 }],
  ['move into itself', { a: { x: 1 } }, [{ op: 'move', from: '/a', path: '/a/x' }], 'conflict'],
  ['move what is not there', {}, [{ op: 'move', from: '/a', path: '/b' }], 'conflict'],
  ['copy, then edit the copy', { a: { x: 1 } }, [{ op: 'copy', from: '/a', path: '/b' }, { op: 'replace', path: '/b/x', value: 2 }], { a: { x: 1 }, b: { x: 2 } }],
  ['copy into an array', { l: [{ n: 1 }] }, [{ op: 'copy', from: '/l/0', path: '/l/-' }], { l: [{ n: 1 }, { n: 1 }] }],
  ['a test that holds, key order aside', { a: { x: 1, y: [2] } }, [{ op: 'test', path: '/a', value: { y: [2], x: 1 } }, { op: 'remove', path: '/a' }], {}],
  ['a test of the root', { a: 1 }, [{ op: 'test', path: '', value: { a: 1 } }, { op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
  ['a test that fails takes all back', { a: 1, b: 1 }, [{ op: 'remove', path: '/b' }, { op: 'test', path: '/a', value: '1' }], 'conflict'],
  ['a test of what is not there', {}, [{ op: 'test', path: '/a', value: null }], 'conflict'],
  ['null and absent differ', { a: null }, [{ op: 'test', path: '/a', value: null }, { op: 'add', path: '/b', value: 1 }], { a: null, b: 1 }],
  ['__proto__ is a key like any other', { a: 1 }, [{ op: 'add', path: '/__proto__', value: 1 }], JSON.parse('{"a":1,"__proto__":1}')],
  ['never by way of a prototype', { a: {} }, [{ op: 'add', path: '/a/constructor/x', value: 1 }], 'conflict'],
  ['an unknown op', {}, [{ op: 'spam', path: '/a', value: 1 }], 'bad-argument'],
  ['an inherited op', {}, [{ op: 'toString', path: '/a', value: 1 }], 'bad-argument'],
  ['no value', {}, [{ op: 'add', path: '/a' }], 'bad-argument'],
  ['no from', {}, [{ op: 'move', path: '/a' }], 'bad-argument'],
  ['a path that is no pointer', { a: 1 }, [{ op: 'remove', path: 'a' }], 'bad-argument'],
  ['a bad escape', { a: 1 }, [{ op: 'remove', path: '/~2' }], 'bad-argument'],
  ['the root itself', { a: 1 }, [{ op: 'replace', path: '', value: {} }], 'bad-argument'],
  ['bad ones are found before good ones are applied', { a: 1 }, [{ op: 'remove', path: '/a' }, { op: 'x', path: '/a' }], 'bad-argument'],
]

for (const [name, base, patch, next] of CASES) {
  test(name, () => {
    const store = createStore(base as any)
    const { state } = store
    if (typeof next === 'string') {
      assert.throws(() => store.apply(patch as never), code(next))
      assert.is(store.state, state)
      return
    }
    store.apply(patch as never)
    assert.equal(store.state, next)
    assert.equal(Object.keys(store.state).sort(), Object.keys(next).sort())
  })
}

test('what a change set writes, another store reads', () => {
  const base = { list: [{ n: 1 }, { n: 2 }, { n: 3 }], a: { b: 1 } }
  const [one, two] = [createStore<any>(base), createStore<any>(base)]
  const change = one.edit(d => {
    d.list.push(...d.list.splice(0, 1))
    d.list[0].n = 9
    d.a.c = [1]
    delete d.a.b
  })!
  const taken = two.apply(change.toJSONPatch({ test: true }))!
  assert.equal(two.state, one.state)
  assert.is(taken.origin, 'remote')
  two.apply(change.invert().toJSONPatch())
  assert.equal(two.state, base)
})

test.run()
