// Compares numbers of every BSON type by value: doubles, 32- and 64-bit integers, and Decimal128. Doubles
// and bigints compare natively; with a Decimal128 both sides become exact decimals.

/** An exact decimal: digits x 10^exponent. */
interface Decimal {
  readonly digits: bigint
  readonly exponent: number
}

/** A number that JavaScript compares by value, or an exact decimal. */
type Numeric = number | bigint | Decimal

/** The number of significant digits of a `Decimal128`. */
const DECIMAL128_DIGITS = 34

/** Compares two numbers by value. NaN equals itself and is less than every other number. */
export function compareNumbers(a: unknown, b: unknown): number {
  const [x, y] = [toNumeric(a), toNumeric(b)]
  if (typeof x === 'object' || typeof y === 'object') return compareDecimals(x, y)
  if (x !== x || y !== y) return (x === x ? 1 : 0) - (y === y ? 1 : 0)
  return x < y ? -1 : x > y ? 1 : 0
}

/** Whether a value is NaN of any number type. */
export const isNaNumber = (value: unknown): boolean => Number.isNaN(toNumeric(value))

/** Returns the whole part of a number; null for infinities, NaN, and what needs more than 64 bits. */
export function truncate(value: unknown): bigint | null {
  const number = toNumeric(value)
  const whole =
    typeof number === 'bigint'
      ? number
      : typeof number === 'number'
        ? Number.isFinite(number)
          ? BigInt(Math.trunc(number))
          : null
        : wholePartOf(number)
  return whole === null || BigInt.asIntN(64, whole) !== whole ? null : whole
}

function wholePartOf({ digits, exponent }: Decimal): bigint | null {
  if (exponent > DECIMAL128_DIGITS) return digits === 0n ? 0n : null
  return exponent >= 0 ? digits * 10n ** BigInt(exponent) : digits / 10n ** BigInt(-exponent)
}

function toNumeric(value: unknown): Numeric {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  const { _bsontype, value: inner } = value as { _bsontype: string; value?: unknown }
  if (_bsontype === 'Long') return BigInt(String(value))
  if (_bsontype !== 'Decimal128') return Number(inner ?? value)
  return parseDecimal(String(value))
}

function parseDecimal(text: string): Numeric {
  const parts = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text)
  if (parts === null) return Number(text)
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts
  const digits = BigInt(whole + fraction)
  return { digits: sign === '-' ? -digits : digits, exponent: Number(exponent) - fraction.length }
}

function compareDecimals(a: Numeric, b: Numeric): number {
  for (const [number, sign] of [
    [a, 1],
    [b, -1],
  ] as const) {
    if (typeof number !== 'number' || Number.isFinite(number)) continue
    if (Number.isNaN(number)) return -sign
    return number > 0 ? sign : -sign
  }
  const [x, y] = [toDecimal(a), toDecimal(b)]
  const [p, q] = [sign(x.digits), sign(y.digits)]
  if (p !== q || p === 0) return p - q
  // Compare magnitudes first: exponents reach 6,144.
  const sizes = magnitude(x) - magnitude(y)
  if (sizes !== 0) return Math.sign(sizes) * p
  const least = Math.min(x.exponent, y.exponent)
  const [v, w] = [x, y].map(({ digits, exponent }) => digits * 10n ** BigInt(exponent - least))
  return (v as bigint) < (w as bigint) ? -1 : v === w ? 0 : 1
}

const sign = (digits: bigint): number => (digits < 0n ? -1 : digits > 0n ? 1 : 0)

const magnitude = ({ digits, exponent }: Decimal): number =>
  String(digits < 0n ? -digits : digits).length + exponent

/** The parts of an exact decimal that is not 0: `0.digits` x 10^`magnitude`, without zeros at the end. */
interface DecimalParts {
  readonly isNegative: boolean
  readonly magnitude: number
  readonly digits: string
}

/** Returns the parts of a finite number that is not 0. */
export function decimalPartsOf(value: unknown): DecimalParts {
  const decimal = toDecimal(toNumeric(value))
  const { digits } = decimal
  return {
    isNegative: digits < 0n,
    magnitude: magnitude(decimal),
    digits: String(digits < 0n ? -digits : digits).replace(/0+$/, ''),
  }
}

function toDecimal(value: Numeric): Decimal {
  if (typeof value === 'object') return value
  if (typeof value === 'bigint') return { digits: value, exponent: 0 }
  return decimalOfDouble(value)
}

/** Returns the exact value of a double. */
function decimalOfDouble(value: number): Decimal {
  let bits = 0
  let whole = value
  while (!Number.isInteger(whole)) {
    whole *= 2
    bits++
  }
  // whole / 2^bits = whole x 5^bits / 10^bits
  return { digits: BigInt(whole) * 5n ** BigInt(bits), exponent: -bits }
}
