// Many documents on a server.
import { mongodbAdapter } from 'cowslip/mongodb'
import { many } from '../collection/many-suite.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { fresh, close } = await openDatabase('many')

many('MongoDB', () => mongodbAdapter(fresh()))

const test = suite('many documents on a server')

test('ends', async () => {
  await close()
})

test.run()
