/** Documents as in the table of the first system: every fifth field a small object. */
export function fields(n: number): Record<string, unknown> {
  const document: Record<string, unknown> = {}
  for (let i = 0; i < n; i++) {
    document[`field${i}`] =
      i % 5 === 0 ? { a: i, b: `text ${i}`, c: { d: [i] } } : i % 2 ? i : `text ${i}`
  }
  return document
}

/** `n` fields: the first ten nested four levels deep, the rest numbers and short texts. */
export function flat(n: number): any {
  const document: Record<string, unknown> = {}
  for (let i = 0; i < n; i++) {
    document[`f${i}`] = i < 10 ? { a: { b: { c: i } }, s: 's' } : i % 2 ? i : `s${i}`
  }
  return document
}

/** Beside 20 flat fields, an array of objects. */
export function withItems(length = 1_000): any {
  const items = Array.from({ length }, (_, id) => ({ id, qty: 1, name: `n${id}` }))
  return { ...flat(20), items }
}

/** `n` entities by id. */
export function table(n: number): any {
  const ids = Array.from({ length: n }, (_, i) => `id${i}`)
  const byId = Object.fromEntries(ids.map(id => [id, { id, name: `n${id}`, on: 0 }]))
  return { byId }
}
