// Many documents on a server.
import { mongodbAdapter } from 'cowslip/mongodb'
import { many } from '../collection/many-suite.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { db, client, close } = await openDatabase('many')
const made: string[] = []

many('MongoDB', () => {
  const own = client.db(`${db.databaseName}_${made.length}`)
  made.push(own.databaseName)
  return mongodbAdapter(own)
})

const test = suite('many documents on a server')

test('ends', async () => {
  for (const name of made) await client.db(name).dropDatabase()
  await close()
})

test.run()
