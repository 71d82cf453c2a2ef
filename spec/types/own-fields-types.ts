// Compiled by `tsc -p .`, never run: the types of collections that set fields themselves.
import { createCollection, type Collection, type CollectionOptions } from 'cowslip'

interface Person {
  _id: string
  name: string
}

interface Stored extends Person {
  createdAt: Date
  updatedAt: Date
  readonly initials: string
}

declare const options: CollectionOptions

const people = createCollection<Person>('people', { ...options, timestamps: true })
const plain: Collection<Person> = createCollection<Person>('people', options)
const typed = createCollection<Stored, Person>('people', {
  ...options,
  timestamps: true,
  computed: { initials: ({ name }: Person) => name.slice(0, 1) },
  beforeCommit: (change, state: Person) =>
    change.touches('name') ? { name: state.name.trim() } : undefined,
  versions: [({ first, ...rest }) => ({ ...rest, name: first as string })],
})

export const fine = [
  people.insert({ name: 'Ada' }),
  people.get('a').then(ada => ada?.state.createdAt.getTime()),
  people.find({ updatedAt: { $gt: new Date() } }, { sort: { createdAt: -1 } }),
  typed.insert({ name: 'Ada' }),
  typed.get('a').then(ada => ada?.state.initials.length),
  typed.history.undo({ resolve: 'ours' }).then(event => event?.parts[0]?.change?.touched),
  typed.migrate({ onProgress: ({ done }) => void done }),
  typed.on('transaction', ({ parts }) => parts.map(({ id, kind }) => [id, kind])),
]

export const refused = [
  // @ts-expect-error a name is missing
  typed.insert({}),
  // @ts-expect-error no timestamps
  plain.get('a').then(ada => ada?.state.createdAt),
  // @ts-expect-error no such event
  plain.on('change', () => {}),
]
