import { versionsSuite } from '../collection/versions-suite.ts'
import { runOnMongoDB } from './run-suite.ts'

await runOnMongoDB('versions', create => versionsSuite('mongodb', create))
