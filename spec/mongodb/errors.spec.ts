import { mongodbAdapter } from 'cowslip/mongodb'
import { errorSuite } from '../adapters/error-suite.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { db, client, close } = await openDatabase('errors')
const made: string[] = []

errorSuite('mongodb', () => {
  const own = client.db(`${db.databaseName}_${made.length}`)
  made.push(own.databaseName)
  return mongodbAdapter(own)
})

const end = suite('ends')
end('ends', async () => {
  for (const name of made) await client.db(name).dropDatabase()
  await close()
})
end.run()
