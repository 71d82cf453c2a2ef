import { ConflictError, CowslipError } from 'cowslip'
import { suite } from '../support/suite.ts'
import * as assert from 'uvu/assert'

const errors = suite('CowslipError')

errors('carries a stable code, details and the cause', () => {
  const cause = new Error('below')
  const error = new CowslipError('bad-path', 'No.', { path: ['a', 0] }, cause)
  assert.instance(error, Error)
  assert.is(error.name, 'CowslipError')
  assert.is(error.code, 'bad-path')
  assert.equal(error.details, { path: ['a', 0] })
  assert.ok(Object.isFrozen(error.details))
  assert.is(error.cause, cause)
})

errors('a conflict is a CowslipError with its conflicts', () => {
  const clash = { path: ['n'], base: 1, ours: 2, theirs: 3 }
  const error = new ConflictError('No.', [clash])
  assert.instance(error, CowslipError)
  assert.is(error.name, 'ConflictError')
  assert.is(error.code, 'conflict')
  assert.equal(error.conflicts, [clash])
})

errors.run()
