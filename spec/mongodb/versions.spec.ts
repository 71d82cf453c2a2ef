import { mongodbAdapter } from 'cowslip/mongodb'
import { versionsSuite } from '../collection/versions-suite.ts'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

const { fresh, close } = await openDatabase('versions')

versionsSuite('mongodb', () => mongodbAdapter(fresh()))

const end = suite('ends')
end('ends', async () => {
  await close()
})
end.run()
