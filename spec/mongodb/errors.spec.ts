import { mongodbAdapter } from 'cowslip/mongodb'
import { errorSuite } from '../adapters/error-suite.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { fresh, close } = await openDatabase('errors')

errorSuite('mongodb', () => mongodbAdapter(fresh()))

const end = suite('ends')
end('ends', async () => {
  await close()
})
end.run()
