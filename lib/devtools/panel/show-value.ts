// Turns values into indented text for the panel. Values that JSON lacks are shown by their kind.
const MAX_CHARACTERS = 20_000

/** Returns a value as text of several lines, cut after 20,000 characters. */
export function showValue(value: unknown): string {
  const text = JSON.stringify(value, replaceOdd, 2) ?? String(value)
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}\n...` : text
}

/** Replaces what JSON lacks. `toJSON` has turned dates and leaves with one into texts. */
function replaceOdd(_key: string, value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return `${value}n`
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : `${value === 0 ? '-0' : value}`
    case 'undefined':
      return 'undefined'
    case 'function':
    case 'symbol':
      return String(value)
  }
  if (value instanceof Map) return { Map: [...value] }
  if (value instanceof Set) return { Set: [...value] }
  return value
}
