import { many } from '../collection/many-suite.ts'
import { runOnMongoDB } from './run-suite.ts'

await runOnMongoDB('many', create => many('MongoDB', create))
