// `npm run faults:indexeddb -- [programs] [first seed] [contracts]`: random interleavings of reads, writes and foreign writes on
// IndexedDB in chromium, and the contract's tests under random faults.
import { openSite, troubleOf } from '../support/browser.ts'

const [programs = 10_000, first = 1_000, contracts = 30] = process.argv.slice(2).map(Number)
const site = await openSite('spec/browser/pages')
const page = await site.open('indexeddb.ts')
const call = (name: string, ...args: unknown[]): Promise<any> =>
  page.evaluate(([name, args]) => (globalThis as any).spec[name](...args), [name, args] as const)
const at = Date.now()
try {
  // In pieces: each has a database of its own.
  for (let done = 0; done < programs; done += 1_000) {
    await call('interleave', first + done, Math.min(1_000, programs - done))
  }
  let run = 0
  const failures: string[] = []
  for (let i = 0; i < contracts; i++) {
    const [tests, failed] = await call('faultyContract')
    run += tests
    failures.push(...failed)
  }
  for (const failure of failures) console.log(failure)
  for (const trouble of troubleOf.get(page) ?? []) console.log(trouble)
  const seconds = ((Date.now() - at) / 1_000).toFixed(0)
  console.log(
    `${programs} interleavings from seed ${first}, no difference; ${run} tests of the contract under faults, ` +
      `${failures.length} failed; chromium ${site.browser.version()}, ${seconds} s`,
  )
  process.exitCode = failures.length > 0 ? 1 : 0
} finally {
  await site.close()
}
