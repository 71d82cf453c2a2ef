// Many programs of users with options of collections mixed at random: `npm run mixtures -- programs seed`
import { memoryAdapter } from 'cowslip/memory'
import { checkMixture } from './mixture-programs.ts'
import { checkUndone } from './undone-programs.ts'

const [count = '20000', first = '1'] = process.argv.slice(2)
for (let i = 0; i < Number(count); i++) {
  await checkMixture(Number(first) + i, memoryAdapter())
  await checkUndone(Number(first) + i, memoryAdapter())
}
console.log(`${count} programs of each kind from seed ${first}: nothing disagrees`)
