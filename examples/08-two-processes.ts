// Two processes have one LMDB folder open, and each sees what the other writes.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCollection } from 'cowslip'
import { lmdbAdapter } from 'cowslip/lmdb'

interface Game {
  _id: string
  moves: string[]
}

const [role = 'white', given] = process.argv.slice(2)
const path = given ?? mkdtempSync(join(tmpdir(), 'two-processes-'))
const adapter = lmdbAdapter({ path })
const games = createCollection<Game>('games', { adapter })
const game = (await games.get('g')) ?? (await games.insert({ _id: 'g', moves: [] }))

const openings = { white: ['e4', 'Nf3', 'Bb5'], black: ['e5', 'Nc6', 'a6'] }
const own = openings[role as 'white' | 'black']
const play = (): Promise<unknown> =>
  game.edit(draft => {
    const isTurn = draft.moves.length % 2 === (role === 'white' ? 0 : 1)
    const move = own[draft.moves.length >> 1]
    if (isTurn && move !== undefined) draft.moves.push(move)
  })

const child =
  role === 'white' ? fork(fileURLToPath(import.meta.url), ['black', path], { silent: true }) : null

// The document moves by itself while it is listened to.
const over = new Promise<void>(resolve => {
  game.subscribe((change, { state }) => {
    if (role === 'white') console.log(change.origin.padEnd(6), state.moves.join(' '))
    if (state.moves.length === 6) resolve()
    else void play()
  })
})
// Listening to a document does not keep a process alive.
const waiting = setInterval(() => {}, 1_000)
await play()
await over
clearInterval(waiting)
await game.settled()

if (child !== null && child.exitCode === null) {
  await new Promise(resolve => child.on('exit', resolve))
}
await adapter.close()
if (role === 'white') {
  const [, , ...more] = game.state.moves
  console.log(`${more.length + 2} moves, version ${game.version}`)
  rmSync(path, { recursive: true })
}
