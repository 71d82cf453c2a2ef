// `npm run size`: builds the package and prints, for each import, what a bundler ships, and which folders it comes from.
import { execFileSync } from 'node:child_process'
import { RECIPES, sizeOf } from './sizes.mjs'

execFileSync(process.execPath, ['spec/support/build.mjs'], { stdio: 'inherit' })
for (const [names, from, ceiling] of RECIPES) {
  const { bytes, rooms } = await sizeOf(names, from)
  console.log(`\n{ ${names} } from '${from}': ${bytes} bytes of at most ${ceiling}`)
  const whole = rooms.reduce((sum, [, own]) => sum + own, 0)
  for (const [room, own] of rooms) {
    const share = Math.round((100 * own) / whole)
    console.log(`  ${(room || '(entry)').padEnd(24)} ${String(own).padStart(7)} minified ${share}%`)
  }
}
