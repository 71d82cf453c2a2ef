import type { Path } from './path.ts'

type Primitive = string | number | bigint | boolean | symbol | null | undefined

/** What is one value to a document, not a container. */
type Atom =
  | Primitive
  | ((...args: never[]) => unknown)
  | RegExp
  | ArrayBuffer
  | { readonly _bsontype: string }

/** A `Date` without its setters. */
export type ReadonlyDate = Omit<Date, `set${string}`>

type BinaryMutator =
  'set' | 'fill' | 'sort' | 'reverse' | 'copyWithin' | `set${string}` | `write${string}`

/** A typed array, `Buffer` or `DataView` without what writes to it. */
export type ReadonlyBinary<T> = { readonly [K in Exclude<keyof T, BinaryMutator>]: T[K] }

/** What a recipe edits: `T` with everything writable. */
export type Draft<T> = T extends Atom | Date | ArrayBufferView
  ? T
  : T extends ReadonlyDate
    ? Date
    : T extends readonly unknown[]
      ? number extends T['length']
        ? Draft<T[number]>[]
        : DraftFields<T>
      : T extends ReadonlyMap<infer K, infer V>
        ? Map<K, Draft<V>>
        : T extends ReadonlySet<infer V>
          ? Set<Draft<V>>
          : DraftFields<T>

type DraftFields<T> = { -readonly [K in keyof T]: Draft<T[K]> }

/** What a store holds: `T` with everything read-only. */
export type Immutable<T> = T extends Atom
  ? T
  : T extends Date
    ? ReadonlyDate
    : T extends ArrayBufferView
      ? ReadonlyBinary<T>
      : T extends readonly unknown[]
        ? number extends T['length']
          ? readonly Immutable<T[number]>[]
          : ImmutableFields<T>
        : T extends ReadonlyMap<infer K, infer V>
          ? ReadonlyMap<K, Immutable<V>>
          : T extends ReadonlySet<infer V>
            ? ReadonlySet<Immutable<V>>
            : ImmutableFields<T>

type ImmutableFields<T> = { readonly [K in keyof T]: Immutable<T[K]> }

/**
 * The dotted paths of `T`, three keys deep, for editors to complete; any other text is a path too. Ends
 * for recursive types, and where keys are not known.
 */
export type DottedPath<T, Depth extends 0[] = []> = Depth['length'] extends 3
  ? never
  : 0 extends 1 & T
    ? never
    : T extends Opaque
      ? never
      : T extends readonly unknown[]
        ? `${number}` | Below<`${number}`, T[number], Depth>
        : string extends keyof T
          ? never
          : { [K in keyof T & string]: K | Below<K, T[K], Depth> }[keyof T & string]

type Below<K extends string, T, Depth extends 0[]> = `${K}.${DottedPath<T, [...Depth, 0]>}`

type Opaque = Atom | Date | ArrayBufferView | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>

/** A path into `T` as callers write it: known dotted texts are completed, any text and segments compile. */
export type PathIn<T> = DottedPath<T> | (string & {}) | Path
