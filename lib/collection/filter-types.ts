// The types of filters and sorts: dotted paths of a document with the types of their values. Where a path cannot be known
// (an index signature, `any`, below the fifth level) every text is accepted.

/** A value that has no fields of its own in a database. */
type LeafValue =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | Uint8Array
  | ArrayBuffer
  | { readonly _bsontype: string }
  | ((...args: never[]) => unknown)

type IsAny<V> = 0 extends 1 & V ? true : false

/** The number of levels left, from a level. */
type Below = { readonly 5: 4; readonly 4: 3; readonly 3: 2; readonly 2: 1; readonly 1: 0 }
type Level = keyof Below | 0

/** The dotted paths of a value: an array on the way is entered by element or by index. */
export type PathsOf<V, L extends Level = 5> =
  IsAny<V> extends true
    ? string
    : unknown extends V
      ? string
      : V extends LeafValue
        ? never
        : L extends keyof Below
          ? V extends readonly (infer E)[]
            ? `${number}` | `${number}.${PathsOf<E, Below[L]>}` | PathsOf<E, Below[L]>
            : PathsOfFields<V, Below[L]>
          : string

type PathsOfFields<V, L extends Level> = string extends keyof V
  ? string
  : { [K in keyof V & string]: K | `${K}.${PathsOf<V[K], L>}` }[keyof V & string]

/** The type of the value that a dotted path leads to; `unknown` where it cannot be known. */
export type ValueAt<V, P extends string> =
  IsAny<V> extends true
    ? unknown
    : P extends `${infer K}.${infer Rest}`
      ? ValueAt<StepInto<V, K>, Rest>
      : StepInto<V, P>

type StepInto<V, K extends string> = string extends K
  ? unknown
  : V extends LeafValue
    ? never
    : V extends readonly (infer E)[]
      ? K extends `${number}`
        ? E | (E extends object ? StepInto<E, K> : never)
        : StepInto<E, K>
      : K extends keyof V
        ? V[K]
        : string extends keyof V
          ? V[string & keyof V]
          : unknown extends V
            ? unknown
            : never

/** The type of what a value is compared with: an array also by element, null also for what is absent. */
type Operand<V> = NonNullable<V> | ElementOf<NonNullable<V>> | NumberOf<V> | null

type ElementOf<V> = V extends readonly (infer E)[] ? E | NumberOf<E> : never
/** Numbers of every type compare by value. */
type NumberOf<V> =
  Extract<V, number | bigint> extends never
    ? never
    : number | bigint | { readonly _bsontype: string }

type Pattern<V> = Extract<V | ElementOf<V>, string> extends never ? never : RegExp | BSONPattern

/** A `BSONRegExp` of the driver. */
interface BSONPattern {
  readonly _bsontype: string
  readonly pattern: string
}

/** The operators of one field, with operands of its type. */
export interface Operators<V> {
  readonly $eq?: Operand<V> | Pattern<V>
  readonly $ne?: Operand<V>
  readonly $gt?: Operand<V>
  readonly $gte?: Operand<V>
  readonly $lt?: Operand<V>
  readonly $lte?: Operand<V>
  readonly $in?: readonly (Operand<V> | Pattern<V>)[]
  readonly $nin?: readonly (Operand<V> | Pattern<V>)[]
  readonly $all?: readonly (Operand<V> | Pattern<V> | { readonly $elemMatch: unknown })[]
  readonly $elemMatch?: ElementOf<NonNullable<V>> extends infer E ? Filter<E> | Operators<E> : never
  readonly $exists?: boolean | 0 | 1
  readonly $type?: string | number | readonly (string | number)[]
  readonly $size?: number
  readonly $mod?: readonly [divisor: number, remainder: number]
  readonly $regex?: string | RegExp | BSONPattern
  readonly $options?: string
  readonly $not?: Operators<V> | RegExp
  // Operators that MongoDB alone runs.
  readonly $bitsAllClear?: unknown
  readonly $bitsAllSet?: unknown
  readonly $bitsAnyClear?: unknown
  readonly $bitsAnySet?: unknown
  readonly $geoIntersects?: unknown
  readonly $geoWithin?: unknown
  readonly $near?: unknown
  readonly $nearSphere?: unknown
}

/** The operators of a whole filter. */
interface RootOperators<T> {
  readonly $and?: readonly Filter<T>[]
  readonly $or?: readonly Filter<T>[]
  readonly $nor?: readonly Filter<T>[]
  // Operators that MongoDB alone runs.
  readonly $comment?: unknown
  readonly $expr?: unknown
  readonly $jsonSchema?: unknown
  readonly $text?: unknown
  readonly $where?: unknown
}

/**
 * A filter in MongoDB's language for documents of type `T`: dotted paths with values or operators of their types.
 *
 * @example
 * import { createCollection, type Filter } from 'cowslip'
 * import { memoryAdapter } from 'cowslip/memory'
 * interface Person { _id: string; age: number; address: { city: string }; tags: string[] }
 * const people = createCollection<Person>('people', { adapter: memoryAdapter() })
 * await people.insert({ _id: 'ada', age: 36, address: { city: 'London' }, tags: ['math'] })
 * const grown: Filter<Person> = { age: { $gte: 18 }, 'address.city': /^Lon/, tags: 'math' }
 * await people.count(grown) // 1
 */
export type Filter<T> =
  IsAny<T> extends true
    ? Readonly<Record<string, unknown>>
    : {
        readonly [P in PathsOf<T>]?:
          Operand<ValueAt<T, P>> | Pattern<ValueAt<T, P>> | Operators<ValueAt<T, P>>
      } & RootOperators<T>

/** An order of documents of type `T`: dotted paths to 1 (ascending) or -1. */
export type Sort<T> =
  IsAny<T> extends true ? Readonly<Record<string, 1 | -1>> : { readonly [P in PathsOf<T>]?: 1 | -1 }

/** Whether a path leads to or through an array. */
export type IsMany<V, P extends string> =
  NonNullable<V> extends readonly (infer E)[]
    ? P extends `${number}` | `${number}.${string}`
      ? P extends `${number}.${infer Rest}`
        ? IsMany<E, Rest>
        : IsArray<E>
      : true
    : P extends `${infer K}.${infer Rest}`
      ? K extends keyof NonNullable<V>
        ? IsMany<NonNullable<V>[K], Rest>
        : false
      : IsArray<ValueAt<V, P>>

type IsArray<V> = NonNullable<V> extends readonly unknown[] ? true : false
