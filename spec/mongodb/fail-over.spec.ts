// The short form of `npm run faults:failover`.
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { runStorm } from './fail-over.ts'

const test = suite('fail-over')

test('the primary is killed under writers: nothing is lost, nothing is there twice', async () => {
  const report = await runStorm({ seconds: 8, everyMS: 3_000, writers: 8, seed: 3 })
  assert.ok(report.kills >= 1 && report.acknowledged > 50, JSON.stringify(report))
  const { lost, twice, broken } = report
  assert.equal({ lost, twice, broken }, { lost: 0, twice: 0, broken: 0 }, JSON.stringify(report))
})

test.run()
