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
