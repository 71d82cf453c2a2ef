import { outboxSuite } from '../collection/outbox-suite.ts'
import { runOnMongoDB } from './run-suite.ts'

await runOnMongoDB('outbox', create => outboxSuite('mongodb', create))
