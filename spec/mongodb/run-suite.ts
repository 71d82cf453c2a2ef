import type { Adapter } from 'cowslip/adapter-contract'
import { mongodbAdapter } from 'cowslip/mongodb'
import { suite } from '../support/suite.ts'
import { openDatabase } from './server.ts'

/** Runs a suite of specs for any adapter on databases of the server, each of them empty, which are dropped in the end. */
export async function runOnMongoDB(
  name: string,
  run: (create: () => Adapter) => void,
): Promise<void> {
  const { fresh, close } = await openDatabase(name)
  run(() => mongodbAdapter(fresh()))
  const end = suite('ends')
  end('ends', close)
  end.run()
}
