import { unitsSuite } from '../collection/units-suite.ts'
import { runOnMongoDB } from './run-suite.ts'

await runOnMongoDB('units', create => unitsSuite('mongodb', create))
