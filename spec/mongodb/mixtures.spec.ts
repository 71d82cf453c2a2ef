import { mongodbAdapter } from 'cowslip/mongodb'
import { mixturesSuite } from '../collection/mixtures-suite.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { fresh, close } = await openDatabase('mixtures')

mixturesSuite('mongodb', () => mongodbAdapter(fresh()))

const end = suite('ends')
end('ends', async () => {
  await close()
})
end.run()
