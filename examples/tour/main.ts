// `npm start`: 250 real documents are wrapped, edited, rolled back and undone; at the end each is
// compared with a plain copy that went through the same edits by hand.
import { createStore, CowslipError, type ChangeSet, type Store } from 'cowslip'
import { isDeepStrictEqual } from 'node:util'
import { loadCountries, type Country } from './countries.ts'
import { bold, brief, heading, opsSize, say, showChange, size } from './show.ts'

if (process.argv.length > 2) {
  console.error('usage: npm start   (a tour on 250 country documents; it takes no arguments)')
  process.exit(2)
}

const began = performance.now()
const stores = new Map<string, Store<Country>>()
/** Plain mutable copies: what every document should be. */
const expected = new Map<string, Country>()

/** The same recipe on the store and on the plain copy. */
function edit(code: string, recipe: (country: Country) => void, label?: string): ChangeSet {
  const store = storeOf(code)
  const change = store.edit(recipe, label === undefined ? {} : { label })
  recipe(expected.get(code) as Country)
  if (change === null) throw new Error(`The edit of ${code} changed nothing`)
  return change
}

function storeOf(code: string): Store<Country> {
  const store = stores.get(code)
  if (store === undefined) throw new Error(`No country ${code}`)
  return store
}

function wrap(): void {
  heading('1. Wrap')
  const countries = loadCountries()
  const start = performance.now()
  for (const country of countries) stores.set(country.cca3, createStore(country))
  const ms = performance.now() - start
  for (const country of countries) expected.set(country.cca3, structuredClone(country))
  const bytes = countries.reduce((sum, country) => sum + size(country), 0)
  say(
    `${countries.length} documents, ${(bytes / 1024).toFixed(0)} kB as JSON, in ${ms.toFixed(0)} ms`,
  )
  const { state } = storeOf('FRA')
  say(
    `frozen: ${Object.isFrozen(state.name.native)}; ours still ours: ${!Object.isFrozen(countries[0])}`,
  )
}

function edits(): void {
  heading('2. A top-level field, a nested one, a new key')
  const france = storeOf('FRA')
  const before = france.state
  const change = edit('FRA', country => {
    country.area = 643_801
    country.translations.deu!.common = 'Frankreich (Republik)'
    country.motto = 'Liberté, égalité, fraternité'
  })
  showChange(change, france.state)
  say(
    `old snapshot: area ${before.area}; borders shared: ${before.borders === france.state.borders}`,
  )

  heading('3. Arrays: inserted, removed, moved')
  showChange(
    edit('DEU', country => {
      country.borders.splice(1, 1)
      country.borders.push('LIE')
      country.capital[0] = 'Berlin (Mitte)'
    }),
    storeOf('DEU').state,
  )
  showChange(
    edit('CHE', country => void country.borders.reverse()),
    storeOf('CHE').state,
  )

  heading('4. A date, changed in place')
  showChange(
    edit('JPN', country => void country.checkedAt.setUTCDate(15)),
    storeOf('JPN').state,
  )

  heading('5. What ends where it began is no change')
  const same = storeOf('ITA').edit(country => {
    country.region = 'elsewhere'
    country.region = 'Europe'
    country.borders.push(country.borders.pop()!)
    country.currencies = structuredClone(expected.get('ITA')!.currencies)
  })
  say(`set and set back, popped and pushed, an equal object assigned: ${same}`)
}

function openEdit(): void {
  heading('6. An open edit: one path rolled back, then everything')
  const store = storeOf('BRA')
  const open = store.begin()
  open.draft.area = 1
  open.draft.name.official = 'Brazil'
  say(`changed: ${open.changedFieldNames().join(', ')}`)
  say(`name.official was ${brief(open.getOriginalValue('name.official'))}`)
  open.rollback('name.official')
  say(`after rollback('name.official'): ${open.changedFieldNames().join(', ')}`)
  const savepoint = open.savepoint()
  open.draft.borders.length = 0
  open.rollback(savepoint)
  say(`after rollback(savepoint): borders changed: ${open.hasChanged('borders')}`)
  open.rollback()
  say(`after rollback(): version ${store.version}, area ${store.state.area}`)
}

function refusal(): void {
  heading('7. A bad edit is refused, and nothing is lost')
  const store = storeOf('ESP')
  const before = store.state
  try {
    store.edit(country => {
      country.area = 0
      country.notes = [{ text: 'a', tags: [new Map() as never] }]
    })
    throw new Error('The bad edit was taken')
  } catch (error) {
    if (!(error instanceof CowslipError)) throw error
    say(`${error.code}: ${error.message}`)
  }
  say(`the snapshot is the same: ${store.state === before}`)
}

function listeners(): void {
  heading('8. Subscribers hear what they asked for')
  const store = storeOf('PRT')
  const stops = [
    store.subscribe(change => say(`fields: ['area'] hears ${change.touched.join(', ')}`), {
      fields: ['area'],
    }),
    store.subscribe(change => say(`path: 'name.common' hears ${change.touched.join(', ')}`), {
      path: 'name.common',
    }),
    store.select(
      country => country.borders.length,
      (now, before) => say(`select(borders.length) hears ${before} -> ${now}`),
    ),
  ]
  edit('PRT', country => void (country.area = 92_230))
  edit('PRT', country => void country.borders.push('MAR'))
  edit('PRT', country => {
    country.area++
    country.name.common = 'Portugal (mainland)'
  })
  for (const stop of stops) stop()
}

function undo(): void {
  heading('9. Undo by the inverse')
  const store = storeOf('NOR')
  const before = store.state
  const change = store.edit(country => {
    country.borders.sort().reverse()
    country.languages.eng = 'English'
    delete country.currencies.NOK
  })
  if (change === null) throw new Error('The edit of NOR changed nothing')
  showChange(change, store.state)
  store.apply(change.invert(), { label: 'undo' })
  say(`after apply(change.invert()): equal to before: ${isDeepStrictEqual(store.state, before)}`)
}

function everywhere(): void {
  heading('10. Every document once more')
  const start = performance.now()
  let bytes = 0
  for (const code of stores.keys()) {
    const change = edit(code, country => {
      country.checkedAt.setUTCFullYear(2027)
      country.notes = [{ text: `checked ${country.name.common}`, tags: ['check'] }]
    })
    bytes += opsSize(change)
  }
  const ms = performance.now() - start
  say(`${stores.size} edits in ${ms.toFixed(0)} ms, ops of ${(bytes / 1024).toFixed(0)} kB in all`)
}

function prove(): boolean {
  heading('Proof')
  const wrong = [...stores].filter(
    ([code, store]) => !isDeepStrictEqual(store.state, expected.get(code)),
  )
  for (const [code] of wrong) say(`${code} is not what it should be`)
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  if (wrong.length === 0) {
    say(bold(`all ${stores.size} documents equal their plain copies, after ${seconds} s`))
  }
  return wrong.length === 0
}

wrap()
edits()
openEdit()
refusal()
listeners()
undo()
everywhere()
process.exitCode = prove() ? 0 : 1
