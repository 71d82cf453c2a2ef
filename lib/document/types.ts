// The types of drafts and snapshots. `Immutable<T>` is what a store holds, `Draft<T>` what a recipe edits.
// They hold no code. The idea: what is read-only keeps its mutating methods with the type `never`. They
// cannot be called, and yet a value of a snapshot can be put into a draft, a patch or another store without
// a cast.
import type { Path } from './paths/path.ts'

/** A JavaScript primitive. */
export type Primitive = string | number | bigint | boolean | symbol | null | undefined

/** A type that a draft does not look into: its values are replaced whole. */
export type Atom =
  | Primitive
  | ((...args: never[]) => unknown)
  | RegExp
  | ArrayBuffer
  | { readonly _bsontype: string }

/** A `Date` whose setters cannot be called. */
export type ReadonlyDate = WithoutMutators<Date, `set${string}`>

type BinaryMutator =
  'set' | 'fill' | 'sort' | 'reverse' | 'copyWithin' | `set${string}` | `write${string}`

/** A typed array, `Buffer` or `DataView` that cannot be written to. */
export type ReadonlyBinary<T> = WithoutMutators<T, BinaryMutator>

type ArrayMutator =
  'push' | 'pop' | 'shift' | 'unshift' | 'splice' | 'sort' | 'reverse' | 'fill' | 'copyWithin'

/** `T` read-only, with some methods that cannot be called. */
export type WithoutMutators<T, M> = { readonly [K in keyof T]: K extends M ? never : T[K] }

/** An array of a snapshot. */
export interface FrozenArray<T> extends WithoutMutators<T[] & object, ArrayMutator> {
  readonly [index: number]: T
}

/**
 * A tuple with a rest element, of a snapshot. TypeScript lets only such a tuple be assigned to one, so its
 * elements look writable.
 */
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

/** The type that a recipe edits: `T` with everything writable. */
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

/**
 * The type of a snapshot: `T` with everything read-only. An instance of a class with private members counts
 * as one value.
 */
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

/** Types `value` as a draft. Returns it unchanged. */
export const castDraft = <T>(value: T): Draft<T> => value as Draft<T>

/** Types `value` as part of a snapshot. Returns it unchanged. */
export const castImmutable = <T>(value: T): Immutable<T> => value as Immutable<T>

/**
 * The dotted paths of `T`, three keys deep, for editors to complete; any other text is a path too.
 * Recursive types and unknown keys end the recursion.
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

/**
 * A path into `T` as callers write it. Editors complete the known dotted texts; any other text and any list
 * of segments compile too.
 */
export type PathIn<T> = DottedPath<T> | (string & {}) | Path
