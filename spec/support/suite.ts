import { suite as uvuSuite } from 'uvu'

type Test = (name: string, run: () => unknown) => void

/** uvu's suite; a thrown error with `details` (a `CowslipError`) would end uvu's without a word. */
export function suite(name: string): Test & { run(): void } {
  const inner = uvuSuite(name)
  const test: Test = (title, run) => inner(title, () => told(run))
  return Object.assign(test, { run: () => inner.run() })
}

async function told(run: () => unknown): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof Error) || typeof (error as { details?: unknown }).details !== 'object') {
      throw error
    }
    throw Object.assign(new Error(error.message), { stack: error.stack })
  }
}

/** An `assert.throws` expectation: a `CowslipError` with this code. */
export function code(expected: string): (error: unknown) => boolean {
  return error => {
    const { name, code } = error as { name?: string; code?: string }
    const ours = ['CowslipError', 'ConflictError', 'InvalidError', 'ManyError']
    if (code === expected && ours.includes(name as string)) return true
    throw error
  }
}
