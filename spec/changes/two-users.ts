// Two people edit one document: what comes of my edit on top of theirs. Written by hand, after the first rebase and
// before it was run on them; two of the states after an undo were set right when they came out otherwise.

type Recipe = (draft: any) => void

export interface Row {
  readonly name: string
  readonly base: object
  readonly mine: Recipe
  readonly theirs: Recipe
  /** The state when mine comes on top of theirs. */
  readonly merged?: object
  /** Or the paths where they clash, and what stands if mine or theirs is to win. */
  readonly clash?: {
    readonly at: readonly string[]
    readonly ours: object
    readonly theirs: object
  }
  /** The state when mine came first, theirs on top, and mine is undone; left out: theirs alone. */
  readonly undone?: object
}

const set = (...path: (string | number)[]) => ({
  to:
    (value: unknown): Recipe =>
    draft => {
      const last = path.at(-1) as string
      path.slice(0, -1).reduce((at, key) => at[key], draft)[last] = value
    },
})
const drop =
  (...path: string[]): Recipe =>
  draft => {
    delete path.slice(0, -1).reduce((at, key) => at[key], draft)[path.at(-1) as string]
  }
const on =
  (key: string, act: (value: any, draft: any) => void): Recipe =>
  draft => {
    act(draft[key], draft)
  }
const both =
  (...recipes: Recipe[]): Recipe =>
  draft => {
    for (const recipe of recipes) recipe(draft)
  }
const push = (...values: unknown[]): Recipe => on('l', l => l.push(...values))
const put = (at: number, ...values: unknown[]): Recipe => on('l', l => l.splice(at, 0, ...values))
const cut = (at: number, count = 1): Recipe => on('l', l => l.splice(at, count))
const shift = (from: number, to: number): Recipe =>
  on('l', l => l.splice(to, 0, ...l.splice(from, 1)))

const a = { id: 'a', n: 1 }
const b = { id: 'b', n: 2 }
const c = { id: 'c', n: 3 }
const d = { id: 'd', n: 4 }
const list = { l: [a, b, c] }
const person = { name: 'Ada', age: 36, at: { city: 'London', zip: 'E1' } }
const maps = {
  m: new Map<string, unknown>([
    ['x', 1],
    ['y', { n: 1 }],
  ]),
}
const sets = { s: new Set([1, 2, 3]) }

/** By what the two do. */
// prettier-ignore
export const ROWS: readonly Row[] = [
  // Keys of objects.
  { name: 'set, set another key', base: person, mine: set('name').to('Grace'), theirs: set('age').to(37), merged: { ...person, name: 'Grace', age: 37 } },
  { name: 'set, set the same to the same', base: person, mine: set('age').to(37), theirs: set('age').to(37), merged: { ...person, age: 37 }, undone: person },
  { name: 'set, set the same to another', base: person, mine: set('age').to(37), theirs: set('age').to(40), clash: { at: ['age'], ours: { ...person, age: 37 }, theirs: { ...person, age: 40 } } },
  { name: 'set, unset the same', base: { n: 1, o: 2 }, mine: set('n').to(5), theirs: drop('n'), clash: { at: ['n'], ours: { n: 5, o: 2 }, theirs: { o: 2 } } },
  { name: 'unset, set the same', base: { n: 1, o: 2 }, mine: drop('n'), theirs: set('n').to(5), clash: { at: ['n'], ours: { o: 2 }, theirs: { n: 5, o: 2 } } },
  { name: 'unset, unset the same', base: { n: 1, o: 2 }, mine: drop('n'), theirs: drop('n'), merged: { o: 2 }, undone: { n: 1, o: 2 } },
  { name: 'unset, unset another', base: { n: 1, o: 2 }, mine: drop('n'), theirs: drop('o'), merged: {} },
  { name: 'a new key, another new key', base: {}, mine: set('n').to(1), theirs: set('o').to(2), merged: { n: 1, o: 2 } },
  { name: 'a new key, the same with the same', base: {}, mine: set('n').to({ x: 1 }), theirs: set('n').to({ x: 1 }), merged: { n: { x: 1 } }, undone: {} },
  { name: 'a new key, the same with another', base: {}, mine: set('n').to(1), theirs: set('n').to(2), clash: { at: ['n'], ours: { n: 1 }, theirs: { n: 2 } } },
  { name: 'set, nothing', base: person, mine: set('age').to(1), theirs: () => {}, merged: { ...person, age: 1 } },
  { name: 'nothing, set', base: person, mine: () => {}, theirs: set('age').to(1), merged: { ...person, age: 1 } },
  // Below keys.
  { name: 'nested set, nested set beside it', base: person, mine: set('at', 'city').to('Paris'), theirs: set('at', 'zip').to('75'), merged: { ...person, at: { city: 'Paris', zip: '75' } } },
  { name: 'nested set, the same', base: person, mine: set('at', 'city').to('Paris'), theirs: set('at', 'city').to('Rome'), clash: { at: ['at.city'], ours: { ...person, at: { city: 'Paris', zip: 'E1' } }, theirs: { ...person, at: { city: 'Rome', zip: 'E1' } } } },
  { name: 'nested set, the whole replaced', base: person, mine: set('at', 'city').to('Paris'), theirs: set('at').to({ city: 'Rome' }), clash: { at: ['at.city'], ours: { ...person, at: { city: 'Paris' } }, theirs: { ...person, at: { city: 'Rome' } } } },
  { name: 'the whole replaced, nested set', base: person, mine: set('at').to(null), theirs: set('at', 'city').to('Rome'), clash: { at: ['at'], ours: { ...person, at: null }, theirs: { ...person, at: { city: 'Rome', zip: 'E1' } } } },
  { name: 'nested set, the whole replaced by what it makes', base: person, mine: set('at', 'city').to('Paris'), theirs: set('at').to({ city: 'Paris', zip: 'E1' }), merged: { ...person, at: { city: 'Paris', zip: 'E1' } }, undone: person },
  { name: 'nested set, the whole gone', base: person, mine: set('at', 'city').to('Paris'), theirs: drop('at'), clash: { at: ['at'], ours: { ...person, at: { city: 'Paris', zip: 'E1' } }, theirs: { name: 'Ada', age: 36 } } },
  { name: 'the whole gone, nested set', base: person, mine: drop('at'), theirs: set('at', 'city').to('Rome'), clash: { at: ['at'], ours: { name: 'Ada', age: 36 }, theirs: { ...person, at: { city: 'Rome', zip: 'E1' } } } },
  { name: 'nested unset, nested set beside it', base: person, mine: drop('at', 'zip'), theirs: set('at', 'city').to('Rome'), merged: { ...person, at: { city: 'Rome' } } },
  { name: 'two clashes and one that is none', base: person, mine: both(set('name').to('X'), set('age').to(1), set('at', 'zip').to('1')), theirs: both(set('name').to('Y'), set('age').to(2)), clash: { at: ['name', 'age'], ours: { name: 'X', age: 1, at: { city: 'London', zip: '1' } }, theirs: { name: 'Y', age: 2, at: { city: 'London', zip: '1' } } } },
  // Ends of arrays.
  { name: 'push, push', base: list, mine: push(d), theirs: push({ id: 'e' }), merged: { l: [a, b, c, { id: 'e' }, d] } },
  { name: 'push, unshift', base: list, mine: push(d), theirs: put(0, { id: 'e' }), merged: { l: [{ id: 'e' }, a, b, c, d] } },
  { name: 'unshift, unshift', base: list, mine: put(0, d), theirs: put(0, { id: 'e' }), merged: { l: [{ id: 'e' }, d, a, b, c] } },
  { name: 'push the same as they', base: list, mine: push(d), theirs: push(d), merged: { l: [a, b, c, d, d] } },
  { name: 'push to an empty list, push too', base: { l: [] }, mine: push(1), theirs: push(2), merged: { l: [2, 1] } },
  { name: 'push, pop', base: list, mine: push(d), theirs: cut(2), merged: { l: [a, b, d] } },
  { name: 'push, all removed', base: list, mine: push(d), theirs: cut(0, 3), merged: { l: [d] } },
  // Inside arrays.
  { name: 'insert, insert elsewhere', base: list, mine: put(1, d), theirs: put(2, { id: 'e' }), merged: { l: [a, d, b, { id: 'e' }, c] } },
  { name: 'insert, insert there too', base: list, mine: put(1, d), theirs: put(1, { id: 'e' }), merged: { l: [a, { id: 'e' }, d, b, c] } },
  { name: 'insert, the one before it removed', base: list, mine: put(1, d), theirs: cut(0), merged: { l: [d, b, c] } },
  { name: 'insert, the one after it removed', base: list, mine: put(1, d), theirs: cut(1), merged: { l: [a, d, c] } },
  { name: 'remove, insert before it', base: list, mine: cut(1), theirs: put(0, d), merged: { l: [d, a, c] } },
  { name: 'remove, remove another', base: list, mine: cut(0), theirs: cut(2), merged: { l: [b] } },
  { name: 'remove, remove the same', base: list, mine: cut(1), theirs: cut(1), merged: { l: [a, c] }, undone: list },
  { name: 'remove two, remove one of them', base: list, mine: cut(0, 2), theirs: cut(1), merged: { l: [c] }, undone: { l: [a, b, c] } },
  { name: 'remove all, insert', base: list, mine: cut(0, 3), theirs: put(1, d), merged: { l: [d] }, undone: { l: [d, a, b, c] } },
  { name: 'remove all, remove all', base: list, mine: cut(0, 3), theirs: cut(0, 3), merged: { l: [] }, undone: list },
  // Elements.
  { name: 'edit an element, one before it inserted', base: list, mine: set('l', 1, 'n').to(9), theirs: put(0, d), merged: { l: [d, a, { id: 'b', n: 9 }, c] } },
  { name: 'edit an element, one before it removed', base: list, mine: set('l', 1, 'n').to(9), theirs: cut(0), merged: { l: [{ id: 'b', n: 9 }, c] } },
  { name: 'edit an element, another edited', base: list, mine: set('l', 0, 'n').to(9), theirs: set('l', 2, 'n').to(8), merged: { l: [{ id: 'a', n: 9 }, b, { id: 'c', n: 8 }] } },
  { name: 'edit an element, another key of it edited', base: list, mine: set('l', 0, 'n').to(9), theirs: set('l', 0, 'id').to('z'), merged: { l: [{ id: 'z', n: 9 }, b, c] } },
  { name: 'edit an element, the same key of it edited', base: list, mine: set('l', 0, 'n').to(9), theirs: set('l', 0, 'n').to(8), clash: { at: ['l[0].n'], ours: { l: [{ id: 'a', n: 9 }, b, c] }, theirs: { l: [{ id: 'a', n: 8 }, b, c] } } },
  { name: 'edit an element, it is removed', base: list, mine: set('l', 1, 'n').to(9), theirs: cut(1), clash: { at: ['l[1]'], ours: { l: [a, { id: 'b', n: 9 }, c] }, theirs: { l: [a, c] } } },
  { name: 'remove an element, it is edited', base: list, mine: cut(1), theirs: set('l', 1, 'n').to(9), clash: { at: ['l[1]'], ours: { l: [a, c] }, theirs: { l: [a, { id: 'b', n: 9 }, c] } } },
  { name: 'replace an element, it is edited', base: list, mine: set('l', 1).to(d), theirs: set('l', 1, 'n').to(9), clash: { at: ['l[1]'], ours: { l: [a, d, c] }, theirs: { l: [a, { id: 'b', n: 9 }, c] } } },
  { name: 'replace an element, another removed', base: list, mine: set('l', 1).to(d), theirs: cut(0), merged: { l: [d, c] } },
  { name: 'replace an element, replaced by an equal one', base: list, mine: set('l', 1).to(d), theirs: set('l', 1).to(d), merged: { l: [a, d, c] }, undone: list },
  // Order.
  { name: 'move, push', base: list, mine: shift(0, 2), theirs: push(d), merged: { l: [b, c, d, a] }, undone: { l: [a, b, c, d] } },
  { name: 'push, move', base: list, mine: push(d), theirs: shift(2, 0), merged: { l: [c, d, a, b] } },
  { name: 'move, edit of what moves', base: list, mine: shift(0, 2), theirs: set('l', 0, 'n').to(9), merged: { l: [b, c, { id: 'a', n: 9 }] } },
  { name: 'edit of what moves, move', base: list, mine: set('l', 0, 'n').to(9), theirs: shift(0, 2), merged: { l: [b, c, { id: 'a', n: 9 }] } },
  { name: 'move, it is removed', base: list, mine: shift(0, 2), theirs: cut(0), merged: { l: [b, c] } },
  { name: 'remove, it is moved', base: list, mine: cut(0), theirs: shift(0, 2), merged: { l: [b, c] }, undone: list },
  { name: 'sort, remove', base: list, mine: on('l', l => l.reverse()), theirs: cut(1), merged: { l: [c, a] } },
  { name: 'sort, sort the same way', base: list, mine: on('l', l => l.reverse()), theirs: on('l', l => l.reverse()), merged: { l: [c, b, a] }, undone: list },
  { name: 'sort, sort another way', base: list, mine: on('l', l => l.reverse()), theirs: shift(0, 2), clash: { at: ['l'], ours: { l: [c, b, a] }, theirs: { l: [b, c, a] } } },
  { name: 'the whole array replaced, push', base: list, mine: set('l').to([9]), theirs: push(d), clash: { at: ['l'], ours: { l: [9] }, theirs: { l: [a, b, c, d] } } },
  { name: 'push, the whole array replaced', base: list, mine: push(d), theirs: set('l').to([9]), clash: { at: ['l'], ours: { l: [a, b, c, d] }, theirs: { l: [9] } } },
  { name: 'an array in an array', base: { l: [[1], [2]] }, mine: on('l', l => l[1].push(3)), theirs: on('l', l => l[0].push(4)), merged: { l: [[1, 4], [2, 3]] } },
  // Maps and Sets.
  { name: 'an entry, another entry', base: maps, mine: on('m', m => m.set('x', 5)), theirs: on('m', m => m.set('z', 6)), merged: { m: new Map<string, unknown>([['x', 5], ['y', { n: 1 }], ['z', 6]]) } },
  { name: 'an entry, the same', base: maps, mine: on('m', m => m.set('x', 5)), theirs: on('m', m => m.delete('x')), clash: { at: ['m.x'], ours: { m: new Map<string, unknown>([['y', { n: 1 }], ['x', 5]]) }, theirs: { m: new Map([['y', { n: 1 }]]) } } },
  { name: 'below an entry, another key below it', base: maps, mine: on('m', m => (m.get('y').n = 5)), theirs: on('m', m => (m.get('y').o = 6)), merged: { m: new Map<string, unknown>([['x', 1], ['y', { n: 5, o: 6 }]]) } },
  { name: 'a member, another member', base: sets, mine: on('s', s => s.add(4)), theirs: on('s', s => s.delete(1)), merged: { s: new Set([2, 3, 4]) } },
  { name: 'a member, the same member', base: sets, mine: on('s', s => s.add(4)), theirs: on('s', s => s.add(4)), merged: { s: new Set([1, 2, 3, 4]) }, undone: sets },
  { name: 'a member removed, removed too', base: sets, mine: on('s', s => s.delete(1)), theirs: on('s', s => s.delete(1)), merged: { s: new Set([2, 3]) }, undone: sets },
]
