import { createRequire } from 'node:module'

/** What the tour uses of a country; the documents hold some thirty fields more. */
export interface Country {
  name: {
    common: string
    official: string
    native: Record<string, { official: string; common: string }>
  }
  _id: string
  cca3: string
  capital: string[]
  region: string
  area: number
  borders: string[]
  languages: Record<string, string>
  currencies: Record<string, { name: string; symbol: string }>
  translations: Record<string, { official: string; common: string }>
  status: string
  checkedAt: Date
  motto?: string
  notes?: { text: string; tags: string[] }[]
}

/** The 250 countries of the package `world-countries`, each with the date of a check, which they lack. */
export function loadCountries(): Country[] {
  const countries = createRequire(import.meta.url)('world-countries') as Omit<
    Country,
    '_id' | 'checkedAt'
  >[]
  return countries.map(country => ({
    _id: country.cca3,
    ...country,
    checkedAt: new Date(Date.UTC(2026, 0, 1, 12)),
  }))
}
