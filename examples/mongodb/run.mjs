// `npm run example:mongodb`: starts a MongoDB server as the specs do, and runs main.ts on it.
import { spawnSync } from 'node:child_process'
import { startMongo } from '../../spec/support/mongod.mjs'

const server = await startMongo()
try {
  const env = { ...process.env, EXAMPLE_MONGODB_URL: server.url }
  const args = ['examples/run.mjs', 'examples/mongodb/main.ts']
  process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit', env }).status ?? 1
} finally {
  await server.stop()
}
