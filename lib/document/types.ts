import type { Path } from './paths/path.ts'

/** A JavaScript primitive. */
export type Primitive = string | number | bigint | boolean | symbol | null | undefined

/** A type that a draft does not look into. */
export type Atom =
  | Primitive
  | ((...args: never[]) => unknown)
  | RegExp
  | ArrayBuffer
  | { readonly _bsontype: string }

// What is read-only has the methods that write as `never`: they cannot be called, and yet what a snapshot holds can be
// put back into a draft, a patch or another store without a cast.

/** A `Date` whose setters cannot be called. */
export type ReadonlyDate = WithoutMutators<Date, `set${string}`>

type BinaryMutator =
  'set' | 'fill' | 'sort' | 'reverse' | 'copyWithin' | `set${string}` | `write${string}`

/** A typed array, `Buffer` or `DataView` that cannot be written to. */
export type ReadonlyBinary<T> = WithoutMutators<T, BinaryMutator>

type ArrayMutator =
  'push' | 'pop' | 'shift' | 'unshift' | 'splice' | 'sort' | 'reverse' | 'fill' | 'copyWithin'

/** `T` with some methods that cannot be called, and everything read-only. */
export type WithoutMutators<T, M> = { readonly [K in keyof T]: K extends M ? never : T[K] }

/** An array of a snapshot. */
export interface FrozenArray<T> extends WithoutMutators<T[] & object, ArrayMutator> {
  readonly [index: number]: T
}

/** A tuple with a rest element of a snapshot: only such a tuple is assignable to one, so its elements look writable. */
export type FrozenRestTuple<T> = T & { readonly [K in ArrayMutator]: never }

/** A tuple of a snapshot. */
export type FrozenTuple<T extends readonly unknown[]> = FrozenArray<Immutable<T[number]>> & {
  readonly [K in keyof T as Extract<K, `${number}`>]: Immutable<T[K]>
} & { readonly length: T['length'] }

/** A Map of a snapshot. */
export interface FrozenMap<K, V> extends WithoutMutators<Map<K, V>, 'set' | 'delete' | 'clear'> {}

/** A Set of a snapshot. */
export interface FrozenSet<T> extends WithoutMutators<Set<T>, 'add' | 'delete' | 'clear'> {}

/** Classifies an array type: `plain`, a `tuple`, or `branded` (with fields of its own). */
export type ArrayKind<T extends readonly unknown[]> = [
  Exclude<keyof T, keyof unknown[] | `${number}`>,
] extends [never]
  ? number extends T['length']
    ? T extends readonly [unknown, ...unknown[]] | readonly [...unknown[], unknown]
      ? 'tuple'
      : 'plain'
    : 'tuple'
  : 'branded'

/** What a recipe edits: `T` with everything writable. */
export type Draft<T> = unknown extends T
  ? T
  : T extends ReadonlyDate
    ? Date
    : T extends Atom | Date | ArrayBufferView
      ? T
      : T extends FrozenArray<infer V>
        ? Draft<V>[]
        : T extends readonly unknown[]
          ? ArrayKind<T> extends 'plain'
            ? Draft<T[number]>[]
            : ArrayKind<T> extends 'tuple'
              ? DraftFields<T>
              : T
          : T extends ReadonlyMap<infer K, infer V>
            ? Map<K, Draft<V>>
            : T extends ReadonlySet<infer V>
              ? Set<Draft<V>>
              : { [K in keyof T]: T[K] } extends T
                ? DraftFields<T>
                : T

/** The fields of an object, or the elements of a tuple, as a recipe edits them. */
export type DraftFields<T> = { -readonly [K in keyof T]: Draft<T[K]> }

/** What a store holds: `T` with everything read-only. A class with private members is one value. */
export type Immutable<T> = unknown extends T
  ? T
  : T extends Atom
    ? T
    : T extends Date
      ? ReadonlyDate
      : T extends ArrayBufferView
        ? ReadonlyBinary<T>
        : T extends readonly unknown[]
          ? ArrayKind<T> extends 'plain'
            ? FrozenArray<Immutable<T[number]>>
            : ArrayKind<T> extends 'tuple'
              ? number extends T['length']
                ? FrozenRestTuple<T>
                : FrozenTuple<T>
              : T
          : T extends ReadonlyMap<infer K, infer V>
            ? FrozenMap<K, Immutable<V>>
            : T extends ReadonlySet<infer V>
              ? FrozenSet<Immutable<V>>
              : { [K in keyof T]: T[K] } extends T
                ? ImmutableFields<T>
                : T

/** The fields of an object as a snapshot has them. */
export type ImmutableFields<T> = { readonly [K in keyof T]: Immutable<T[K]> }

/** Types a value as a draft of it. The value is given as it is. */
export const castDraft = <T>(value: T): Draft<T> => value as Draft<T>

/** Types a value as what a snapshot holds. The value is given as it is. */
export const castImmutable = <T>(value: T): Immutable<T> => value as Immutable<T>

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
