// What is used of packages that only `npm run perf` installs, so that types are checked without them.
declare module 'mutative' {
  export type Patches = readonly [
    state: any,
    patches: readonly object[],
    inverse: readonly object[],
  ]
  export function create<T extends object>(
    base: T,
    recipe: (draft: T) => void,
    options: { enableAutoFreeze: true; enablePatches: true },
  ): Patches
  export function create<T extends object>(base: T, recipe: (draft: T) => void, options?: object): T
  export function create<T extends object>(base: T, options?: object): [draft: T, finalize: () => T]
}
declare module 'rfdc' {
  export default function rfdc(options?: { proto?: boolean }): <T>(value: T) => T
}
declare module 'tinybench' {
  export class Bench {
    constructor(options: {
      time?: number
      iterations?: number
      warmupTime?: number
      warmupIterations?: number
      throws?: boolean
    })
    add(name: string, run: () => unknown, options?: { beforeEach?: () => void }): this
    run(): Promise<unknown>
    readonly tasks: readonly {
      readonly result: { readonly latency: { readonly p50: number; readonly samplesCount: number } }
    }[]
  }
}
declare module 'mongoose' {
  const mongoose: any
  export default mongoose
}
declare module '@mikro-orm/mongodb' {
  export const MikroORM: any
  export const defineConfig: (options: object) => object
  export const EntitySchema: any
}
declare module 'structurajs' {
  export function produce<T>(base: T, recipe: (draft: T) => void): T
  export function enableAutoFreeze(freeze: boolean): void
}
declare module 'limu' {
  const limu: {
    produce<T>(base: T, recipe: (draft: T) => void, options?: { autoFreeze?: boolean }): T
  }
  export default limu
}
