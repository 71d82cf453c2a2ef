/** One contender on one workload. */
export interface Contest {
  /** Throws if the contender does not do what the workload asks. */
  validate(): void
  /** Not measured, before each sample. */
  prepare?(): void
  /** One sample: `operations` times the operation. */
  sample(): unknown
  readonly operations: number
}

/** Workloads by name, each with its contenders by name; the first is the one others are compared with. */
export interface Suite {
  readonly title: string
  readonly baseline: string
  /** Whose lead over each of the others is told in geometric means. */
  readonly subject?: string
  /** What Node is started with. */
  readonly flags?: readonly string[]
  readonly workloads: Readonly<Record<string, Readonly<Record<string, () => Contest>>>>
}

/** Keeps results alive, so that nothing is optimised away. */
export const kept: unknown[] = new Array(1_000).fill(null)

export function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(`The contender is wrong: ${what}`)
}
