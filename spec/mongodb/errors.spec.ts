import { errorSuite } from '../adapters/error-suite.ts'
import { runOnMongoDB } from './run-suite.ts'

await runOnMongoDB('errors', create => errorSuite('mongodb', create))
