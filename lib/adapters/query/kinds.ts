// The BSON type of each JavaScript value and of each value of the package `bson`, with its name, its number
// and its rank in MongoDB's comparison order.
import { bsonType } from '../../document/leaves/bson.ts'

/** Stands for a field that does not exist. */
export const MISSING: unique symbol = Symbol('missing')

/** One BSON type: its name and number in `$type`, and its rank in the comparison order. */
export interface Kind {
  readonly name: string
  readonly code: number
  readonly rank: number
}

const createKind = (name: string, code: number, rank: number): Kind => ({ name, code, rank })

/** The names of types in `$type`, and `missing`. */
type KindName =
  | 'minKey'
  | 'missing'
  | 'null'
  | 'double'
  | 'int'
  | 'long'
  | 'decimal'
  | 'string'
  | 'symbol'
  | 'object'
  | 'array'
  | 'binData'
  | 'objectId'
  | 'bool'
  | 'date'
  | 'timestamp'
  | 'regex'
  | 'javascript'
  | 'javascriptWithScope'
  | 'maxKey'

/** The types in comparison order. Numbers share a rank, and so do texts and symbols. */
export const KINDS: Readonly<Record<KindName, Kind>> = {
  minKey: createKind('minKey', -1, -1),
  missing: createKind('missing', 0, 0),
  null: createKind('null', 10, 5),
  double: createKind('double', 1, 10),
  int: createKind('int', 16, 10),
  long: createKind('long', 18, 10),
  decimal: createKind('decimal', 19, 10),
  string: createKind('string', 2, 15),
  symbol: createKind('symbol', 14, 15),
  object: createKind('object', 3, 20),
  array: createKind('array', 4, 25),
  binData: createKind('binData', 5, 30),
  objectId: createKind('objectId', 7, 35),
  bool: createKind('bool', 8, 40),
  date: createKind('date', 9, 45),
  timestamp: createKind('timestamp', 17, 47),
  regex: createKind('regex', 11, 50),
  javascript: createKind('javascript', 13, 60),
  javascriptWithScope: createKind('javascriptWithScope', 15, 65),
  maxKey: createKind('maxKey', 127, 127),
}

/** The types by the mark of the package `bson`. A `DBRef` is an object to the server. */
const KIND_BY_MARK: Readonly<Record<string, Kind>> = {
  MinKey: KINDS.minKey,
  Double: KINDS.double,
  Int32: KINDS.int,
  Long: KINDS.long,
  Decimal128: KINDS.decimal,
  BSONSymbol: KINDS.symbol,
  Symbol: KINDS.symbol,
  Binary: KINDS.binData,
  ObjectId: KINDS.objectId,
  ObjectID: KINDS.objectId,
  Timestamp: KINDS.timestamp,
  BSONRegExp: KINDS.regex,
  MaxKey: KINDS.maxKey,
}

const INT32_LIMIT = 2 ** 31

/** Returns the type that the driver gives a value. */
export function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'string':
      return KINDS.string
    case 'number':
      return Number.isInteger(value) &&
        value >= -INT32_LIMIT &&
        value < INT32_LIMIT &&
        !Object.is(value, -0)
        ? KINDS.int
        : KINDS.double
    case 'boolean':
      return KINDS.bool
    case 'bigint':
      return KINDS.long
    case 'symbol':
      return KINDS.missing
    case 'object':
      return value === null ? KINDS.null : kindOfObject(value)
  }
  return KINDS.null
}

function kindOfObject(value: object): Kind {
  if (Array.isArray(value)) return KINDS.array
  const mark = bsonType(value)
  if (mark === 'Code') {
    return (value as { scope?: unknown }).scope == null
      ? KINDS.javascript
      : KINDS.javascriptWithScope
  }
  if (mark !== null) return KIND_BY_MARK[mark] ?? KINDS.object
  if (value instanceof Date) return KINDS.date
  if (value instanceof RegExp) return KINDS.regex
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return KINDS.binData
  return KINDS.object
}

/** Whether a value is an object to the server: it has fields and is no array. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && kindOfObject(value) === KINDS.object
