// `npm run fuzz -- [programs] [first seed] [eager | produce | stores]`: random programs, as many open edits, and as many
// on `cowslip/produce` beside Immer, until one breaks a law; with `produce` only the last, to the letter, with `stores` all but
// those.
import { shapeLimits } from '../../lib/document/shapes.ts'
import { EAGER } from './eager.ts'
import { checkLateWrite, checkProgram } from './laws.ts'
import { checkDifferential } from './produce-differential.ts'
import { checkProduce } from './produce-laws.ts'
import { checkOpenEdit } from './open-edit-laws.ts'

const [programs = 100_000, first = 1_000_000] = process.argv.slice(2, 4).map(Number)
const mode = process.argv[4] ?? 'all'
if (mode === 'eager') Object.assign(shapeLimits, EAGER)
const isKnown = ['all', 'eager', 'produce', 'stores'].includes(mode)
if (!Number.isSafeInteger(programs) || programs < 1 || !Number.isSafeInteger(first) || !isKnown) {
  console.error(
    'usage: npm run fuzz -- [programs, 100000 by default] [first seed] [eager | produce | stores]',
  )
  process.exit(2)
}

let changed = 0
let agreed = 0
let excused = 0
for (let i = 0; i < programs; i++) {
  if (mode !== 'produce') {
    if (checkProgram(first + i)) changed++
    checkOpenEdit(first + i)
    checkLateWrite(first + i)
    if (mode !== 'stores' && checkProduce(first + i)) agreed++
  }
  if (mode !== 'stores' && !checkDifferential(first + i)) excused++
  if ((i + 1) % 50_000 === 0) console.log(`${i + 1} programs`)
}
const kept = `as Immer to the letter, but for ${excused} after something was set back`
const held = `${changed} changed something), as many open edits and late writes: every law held`
if (mode === 'produce')
  console.log(`${programs} programs on cowslip/produce from seed ${first}: ${kept}`)
else if (mode === 'stores') console.log(`${programs} programs from seed ${first} (${held}`)
else {
  const agreeing = `on cowslip/produce Immer agreed in ${agreed}; ${kept}`
  console.log(`${programs} programs from seed ${first} (${held}; ${agreeing}`)
}
