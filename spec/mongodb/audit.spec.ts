import { auditSuite } from '../collection/audit-suite.ts'
import { runOnMongoDB } from './run-suite.ts'

await runOnMongoDB('audit', create => auditSuite('mongodb', create))
