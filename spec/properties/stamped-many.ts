// Many two-user programs with and without the fields that a collection sets itself:
//   npm run stamped -- programs seed
import { checkStamped } from './stamped-programs.ts'

const [count = '10000', first = '1'] = process.argv.slice(2)
for (let i = 0; i < Number(count); i++) await checkStamped(Number(first) + i)
console.log(`${count} programs from seed ${first}: no difference`)
