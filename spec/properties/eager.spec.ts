// Random programs with compiled copiers from the first copy on.
import { shapeLimits } from '../../lib/document/shapes.ts'
import { suite } from '../support/suite.ts'
import { EAGER } from './eager.ts'
import { checkProgram } from './laws.ts'
import { checkOpenEdit } from './open-edit-laws.ts'
import { checkProduce } from './produce-laws.ts'

const test = suite('random programs, eagerly compiled')

test('3,000 programs obey the laws', () => {
  Object.assign(shapeLimits, EAGER)
  for (let seed = 1; seed <= 3_000; seed++) {
    checkProgram(seed)
    checkOpenEdit(seed)
    checkProduce(seed)
  }
})

test.run()
