// Accounts that know when they changed, what they are worth, and which moves are not allowed; a move of several documents
// that is undone as one; and a program of tomorrow, which stores them in another shape.
import { createCollection, transaction } from 'cowslip'
import { memoryAdapter } from 'cowslip/memory'

interface Account {
  _id: string
  owner: string
  cents: number
  log: { text: string; cents: number }[]
  /** Made of the rest, never stored. */
  readonly worth?: string
}

const adapter = memoryAdapter()
const accounts = createCollection<Account>('accounts', {
  adapter,
  timestamps: true,
  softDelete: true,
  computed: { worth: ({ cents }: Account) => `${(cents / 100).toFixed(2)} euros` },
  beforeCommit: (change, account: Account) => {
    if (account.cents < 0) throw new Error(`${account.owner} has not so much`)
    if (change.baseVersion === 0) return { log: [{ text: 'opened', cents: account.cents }] }
    return undefined
  },
})

const [ada, grace, old] = await accounts.insertMany([
  { _id: 'ada', owner: 'Ada Lovelace', cents: 10_000, log: [] },
  { _id: 'grace', owner: 'Grace Hopper', cents: 500, log: [] },
  { _id: 'old', owner: 'Nobody', cents: 0, log: [] },
])
const show = () =>
  [ada, grace].map(account => `${account!.id} has ${account!.state.worth}`).join(', ')
accounts.on('transaction', ({ origin, label, parts }) => {
  console.log(
    `${origin} "${label}":`,
    parts.map(({ kind, id }) => `${kind} ${String(id)}`).join(', '),
  )
})

const move = (cents: number, text: string) =>
  transaction(
    tx => {
      tx.edit(ada!, draft => {
        draft.cents -= cents
        draft.log.push({ text, cents: -cents })
      })
      tx.edit(grace!, draft => {
        draft.cents += cents
        draft.log.push({ text, cents })
      })
      tx.delete(old!)
    },
    { label: text },
  )

await move(2_500, 'for the compiler')
console.log(show())
await transaction(tx => tx.edit(grace!, draft => void (draft.cents -= 100_000))).catch(error =>
  console.log('refused:', (error as Error).message),
)
// Grace writes a note meanwhile; it stays.
await grace!.edit(draft => void draft.log.push({ text: 'thank you', cents: 0 }))
await accounts.history.undo()
console.log(show(), '-', grace!.state.log.map(({ text }) => text).join(', '))
console.log('brought back:', (await accounts.get('old'))?.state.owner)
await accounts.delete('old')
console.log(
  await accounts.count(),
  'accounts,',
  await accounts.find({}, { withDeleted: true }).count(),
  'with those deleted',
)

// The program of tomorrow has first and last names.
interface Named extends Omit<Account, 'owner'> {
  names: { first: string; last: string }
}
const tomorrow = createCollection<Named>('accounts', {
  adapter,
  timestamps: true,
  softDelete: true,
  versions: [
    ({ owner, ...rest }) => ({
      ...rest,
      names: { first: owner.split(' ')[0], last: owner.split(' ')[1] },
    }),
  ],
})
console.log('read:', (await tomorrow.get('ada'))?.state.names)
console.log('migrated:', await tomorrow.migrate())
await ada!.edit(draft => void draft.cents++).catch(error => console.log('of today:', error.code))
