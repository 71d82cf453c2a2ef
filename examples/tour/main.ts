// `npm start [-- --keep]`: 250 real documents are stored in LMDB under .tour/, edited, rolled back and
// undone; two handles clash; at the end everything is read again from disk, and each document compared
// with a plain copy that went through the same edits by hand.
import { rmSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import {
  createCollection,
  CowslipError,
  type ChangeSet,
  type Collection,
  type DocumentStore,
} from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import { lmdbAdapter } from 'cowslip/lmdb'
import { loadCountries, type Country } from './countries.ts'
import { bold, brief, heading, opsSize, say, showChange, size } from './show.ts'

const FOLDER = '.tour'
const [option, ...rest] = process.argv.slice(2)
if (rest.length > 0 || (option !== undefined && option !== '--keep')) {
  console.error(
    'usage: npm start [-- --keep]   (--keep goes on with the documents of the last run)',
  )
  process.exit(2)
}

const began = performance.now()
const documents = new Map<string, DocumentStore<Country>>()
/** Plain mutable copies: what every document should be. */
const expected = new Map<string, Country>()

function open(): { adapter: Adapter; countries: Collection<Country> } {
  const adapter = lmdbAdapter({ path: FOLDER })
  return { adapter, countries: createCollection<Country>('countries', { adapter }) }
}

function documentOf(code: string): DocumentStore<Country> {
  const document = documents.get(code)
  if (document === undefined) throw new Error(`No country ${code}`)
  return document
}

/** The same recipe on the document and on the plain copy. */
async function edit(code: string, recipe: (country: Country) => void): Promise<ChangeSet | null> {
  const change = await documentOf(code).edit(recipe)
  recipe(expected.get(code) as Country)
  return change
}

async function editAndShow(code: string, recipe: (country: Country) => void): Promise<void> {
  const change = await edit(code, recipe)
  if (change === null) say(`${code}: nothing changed, it was so already`)
  else showChange(change, documentOf(code).state)
}

async function store(countries: Collection<Country>): Promise<void> {
  heading('1. Store')
  const start = performance.now()
  const kept = await countries.find().toArray()
  if (kept.length === 0) {
    const made = loadCountries().map(country => countries.insert(country))
    kept.push(...(await Promise.all(made)))
  }
  const ms = performance.now() - start
  for (const document of kept) {
    documents.set(document.state.cca3, document)
    expected.set(document.state.cca3, structuredClone(document.state) as Country)
  }
  const bytes = kept.reduce((sum, { state }) => sum + size(state), 0)
  say(
    `${kept.length} documents, ${(bytes / 1024).toFixed(0)} kB as JSON, in ${ms.toFixed(0)} ms, in ${FOLDER}/`,
  )
  const { state, version } = documentOf('FRA')
  say(`France: version ${version}, frozen: ${Object.isFrozen(state.name.native)}`)
}

async function edits(): Promise<void> {
  heading('2. A top-level field, a nested one, a new key')
  const france = documentOf('FRA')
  const before = france.state
  await editAndShow('FRA', country => {
    country.area = 643_801
    country.translations.deu!.common = 'Frankreich (Republik)'
    country.motto = 'Liberté, égalité, fraternité'
  })
  say(
    `old snapshot: area ${before.area}; borders shared: ${before.borders === france.state.borders}`,
  )

  heading('3. Arrays: inserted, removed, moved')
  await editAndShow('DEU', country => {
    country.borders.splice(1, 1)
    country.borders.push('LIE')
    country.capital[0] = 'Berlin (Mitte)'
  })
  await editAndShow('CHE', country => void country.borders.reverse())

  heading('4. A date, changed in place')
  await editAndShow('JPN', country => void country.checkedAt.setUTCDate(15))

  heading('5. What ends where it began is no change')
  const same = await documentOf('ITA').edit(country => {
    country.region = 'elsewhere'
    country.region = 'Europe'
    country.borders.push(country.borders.pop()!)
    country.currencies = structuredClone(expected.get('ITA')!.currencies)
  })
  say(`set and set back, popped and pushed, an equal object assigned: ${same}`)
}

async function openEdit(): Promise<void> {
  heading('6. An open edit: one path rolled back, then everything')
  const document = documentOf('BRA')
  const { version } = document
  const held = document.begin()
  held.draft.area = 1
  held.draft.name.official = 'Brazil'
  say(`changed: ${held.changedFieldNames().join(', ')}`)
  say(`name.official was ${brief(held.getOriginalValue('name.official'))}`)
  held.rollback('name.official')
  say(`after rollback('name.official'): ${held.changedFieldNames().join(', ')}`)
  const savepoint = held.savepoint()
  held.draft.borders.length = 0
  held.rollback(savepoint)
  say(`after rollback(savepoint): borders changed: ${held.hasChanged('borders')}`)
  held.rollback()
  say(
    `after rollback(): version still the same: ${document.version === version}, area ${document.state.area}`,
  )
}

async function refusal(): Promise<void> {
  heading('7. A bad edit is refused, and nothing is lost')
  const document = documentOf('ESP')
  const before = document.state
  try {
    await document.edit(country => {
      country.area = 0
      country.notes = [{ text: 'a', tags: [new Map() as never] }]
    })
    throw new Error('The bad edit was taken')
  } catch (error) {
    if (!(error instanceof CowslipError)) throw error
    say(`${error.code}: ${error.message}`)
  }
  say(`the snapshot is the same: ${document.state === before}`)
}

async function listeners(): Promise<void> {
  heading('8. Subscribers hear what they asked for')
  const document = documentOf('PRT')
  const stops = [
    document.subscribe(change => say(`fields: ['area'] hears ${change.touched.join(', ')}`), {
      fields: ['area'],
    }),
    document.subscribe(change => say(`path: 'name.common' hears ${change.touched.join(', ')}`), {
      path: 'name.common',
    }),
    document.select(
      country => country.borders.length,
      (now, before) => say(`select(borders.length) hears ${before} -> ${now}`),
    ),
  ]
  await edit('PRT', country => void country.area++)
  await edit('PRT', country => void country.borders.push('MAR'))
  await edit('PRT', country => {
    country.area++
    country.name.common += ' (mainland)'
  })
  for (const stop of stops) stop()
}

async function undo(): Promise<void> {
  heading('9. Undo by the inverse')
  const document = documentOf('NOR')
  const before = document.state
  const change = await document.edit(country => {
    country.borders.sort().reverse()
    country.languages.eng = 'English'
    delete country.currencies.NOK
  })
  if (change === null) throw new Error('The edit of NOR changed nothing')
  showChange(change, document.state)
  await document.apply(change.invert(), { label: 'undo' })
  say(`after apply(change.invert()): equal to before: ${isDeepStrictEqual(document.state, before)}`)
}

/** Two handles on one document, each behind an adapter of its own, as two processes would have. */
async function clash(): Promise<void> {
  heading('10. Two handles clash')
  const other = open()
  const [ours, theirs] = [documentOf('FIN'), await other.countries.get(documentOf('FIN').id)]
  if (theirs === null) throw new Error('FIN is not stored')
  const stop = ours.on('conflict', event =>
    say(`ours clashed: stored is version ${event.current} by now`),
  )
  await theirs.edit(country => void country.borders.push('EST'))
  await ours.edit(country => void country.area++)
  stop()
  say(
    `ours was made again on theirs: borders end with ${ours.state.borders.at(-1)}, version ${ours.version}`,
  )
  const held = ours.begin()
  held.draft.region = 'Northern Europe'
  held.draft.status = 'held'
  await theirs.edit(country => (country.status = `theirs, after version ${theirs.version}`))
  try {
    await held.commit()
    throw new Error('The clash was not seen')
  } catch (error) {
    if (!(error instanceof CowslipError)) throw error
    say(`${error.code}: ${error.message}`)
  }
  held.rollback('status')
  await held.commit()
  say(`after rollback('status') it merged: ${ours.state.region}, ${ours.state.status}`)
  const plain = expected.get('FIN') as Country
  plain.borders.push('EST')
  plain.area++
  plain.region = 'Northern Europe'
  plain.status = ours.state.status
  await other.adapter.close()
}

async function everywhere(): Promise<void> {
  heading('11. Every document once more')
  const start = performance.now()
  const all = [...documents.keys()].map(code =>
    edit(code, country => {
      country.checkedAt.setUTCFullYear(country.checkedAt.getUTCFullYear() + 1)
      country.notes = [{ text: `checked ${country.name.common}`, tags: ['check'] }]
    }),
  )
  const bytes = (await Promise.all(all)).reduce((sum, c) => sum + (c === null ? 0 : opsSize(c)), 0)
  const ms = performance.now() - start
  say(`${all.length} edits in ${ms.toFixed(0)} ms, ops of ${(bytes / 1024).toFixed(0)} kB in all`)
}

/** From the disk, through a new adapter. */
async function prove(): Promise<boolean> {
  heading('Proof, after closing and reopening')
  const { adapter, countries } = open()
  let wrong = 0
  let seen = 0
  for await (const { state } of countries.find()) {
    seen++
    if (isDeepStrictEqual(state, expected.get(state.cca3))) continue
    wrong++
    say(`${state.cca3} is not what it should be`)
  }
  await adapter.close()
  const good = wrong === 0 && seen === expected.size
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  if (good) say(bold(`all ${seen} documents on disk equal their plain copies, after ${seconds} s`))
  else say(`${seen} of ${expected.size} documents found, ${wrong} wrong`)
  return good
}

if (option === undefined) rmSync(FOLDER, { recursive: true, force: true })
const { adapter, countries } = open()
await store(countries)
await edits()
await openEdit()
await refusal()
await listeners()
await undo()
await clash()
await everywhere()
await countries.close()
await adapter.close()
process.exitCode = (await prove()) ? 0 : 1
