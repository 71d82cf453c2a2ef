import { mongodbAdapter } from 'cowslip/mongodb'
import { auditSuite } from '../collection/audit-suite.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { fresh, close } = await openDatabase('audit')

auditSuite('mongodb', () => mongodbAdapter(fresh()))

const end = suite('ends')
end('ends', async () => {
  await close()
})
end.run()
