import { mixturesSuite } from '../collection/mixtures-suite.ts'
import { runOnMongoDB } from './run-suite.ts'

await runOnMongoDB('mixtures', create => mixturesSuite('mongodb', create))
