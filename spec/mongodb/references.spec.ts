// References on a server.
import { mongodbAdapter } from 'cowslip/mongodb'
import { references } from '../collection/references-suite.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { fresh, close } = await openDatabase('references')

references('MongoDB', () => mongodbAdapter(fresh()))

const end = suite('ends')
end('ends', close)
end.run()
