import { mongodbAdapter } from 'cowslip/mongodb'
import { outboxSuite } from '../collection/outbox-suite.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { fresh, close } = await openDatabase('outbox')

outboxSuite('mongodb', () => mongodbAdapter(fresh()))

const end = suite('ends')
end('ends', async () => {
  await close()
})
end.run()
