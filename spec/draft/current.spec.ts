import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { edit } from '../support/drafting.ts'
import { suite } from '../support/suite.ts'

const test = suite('console.log of a draft')

test('shows the current value, not the bookkeeping', () => {
  edit({ a: { b: [1, { c: 2 }] }, at: new Date(0) }, d => {
    d.a.b[1].c = 3
    d.a.b.push({ d: d.at })
    d.a.b[2].e = 4
    d.at.setTime(1)
    const value = {
      a: { b: [1, { c: 3 }, { d: new Date(1), e: 4 }] },
      at: new Date(1),
    }
    assert.is(inspect(d, { depth: 9 }), inspect(value, { depth: 9 }))
    assert.is(inspect(d.a.b, { depth: 9 }), inspect(value.a.b, { depth: 9 }))
    assert.is(inspect({ d: d.a.b[1] }), '{ d: { c: 3 } }')
  })
})

test('shows arrays whose elements moved', () => {
  edit({ list: [{ n: 1 }, { n: 2 }, { n: 3 }] }, d => {
    d.list[0].n = 9
    d.list.reverse()
    assert.is(inspect(d.list), '[ { n: 3 }, { n: 2 }, { n: 9 } ]')
  })
})

test('shows a draft inside itself, and one that ended', () => {
  let leaked: any
  edit({ a: { n: 1 } }, d => {
    d.a.n = 2
    leaked = d.a
    d.a.self = d.a
    assert.match(inspect(d), /Circular/)
    delete d.a.self
  })
  assert.is(inspect(leaked), '{ n: 2 }')
})

test.run()
