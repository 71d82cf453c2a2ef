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
declare module 'zustand' {
  export function create<T>(): (creator: unknown) => {
    <R>(selector: (state: T) => R): R
    setState(recipe: (draft: T) => void): void
    readonly temporal: { getState(): { undo(): void } }
  }
}
declare module 'zustand/middleware/immer' {
  export function immer<T>(creator: () => T): unknown
}
declare module 'zundo' {
  export function temporal(creator: unknown, options: { limit: number }): unknown
}
declare module '@reduxjs/toolkit' {
  export interface PayloadAction<P> {
    readonly payload: P
  }
  export function createSlice<S, P>(options: {
    name: string
    initialState: S
    reducers: { edited(state: S, action: PayloadAction<P>): void }
  }): { readonly reducer: unknown; readonly actions: { edited(payload: P): object } }
  export function configureStore(options: { reducer: unknown }): { dispatch(action: object): void }
}
declare module 'react-redux' {
  export const Provider: import('react').ComponentType<{
    store: object
    children?: import('react').ReactNode
  }>
  export function useSelector<S, R>(selector: (state: S) => R): R
}
declare module 'redux-undo' {
  export const ActionCreators: { undo(): object }
  export default function undoable(reducer: unknown, options: { limit: number }): unknown
}
declare module 'valtio' {
  export function useSnapshot<T>(state: T, options: { sync: boolean }): T
}
declare module 'valtio-history' {
  export function proxyWithHistory<T>(value: T): { readonly value: T; undo(): void }
}
declare module '@tanstack/react-db' {
  interface Rows<T> {
    update(key: string, recipe: (draft: T) => void): void
  }
  export function localOnlyCollectionOptions<T, K>(options: {
    id: string
    getKey: (item: T) => K
    initialData: T[]
  }): { readonly item?: T }
  export function createCollection<T>(options: { readonly item?: T }): Rows<T>
  export function useLiveQuery<T>(
    query: (builder: { from(sources: Record<string, Rows<T>>): unknown }) => unknown,
  ): { readonly data: T[] }
}
