import { mongodbAdapter } from 'cowslip/mongodb'
import { softDeleteSuite } from '../collection/soft-delete-suite.ts'
import { ownFieldsSuite } from '../collection/own-fields-suite.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { fresh, close } = await openDatabase('own_fields')

ownFieldsSuite('mongodb', () => mongodbAdapter(fresh()))
softDeleteSuite('mongodb', () => mongodbAdapter(fresh()))

const end = suite('ends')
end('ends', async () => {
  await close()
})
end.run()
