// `npm run perf:browser`: 10,000 cards in React, one edited, beside Zustand with Immer and zundo, Redux Toolkit with redux-undo,
// Valtio with its history, and TanStack DB, in one chromium; a page of its own for each round of each contender, in turn. Five
// rounds unless PERF_ROUNDS says otherwise. Writes perf/results/browser.txt.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import os from 'node:os'
import { resolve } from 'node:path'
import { build } from 'esbuild'
import { launchChromium } from '../../spec/support/chromium.mjs'

const ROUNDS = Number(process.env.PERF_ROUNDS ?? 5)
const CONTENDERS = {
  cowslip: 'Cowslip',
  zustand: 'Zustand, Immer, zundo',
  redux: 'Redux Toolkit, redux-undo',
  valtio: 'Valtio, valtio-history',
  tanstack: 'TanStack DB',
}
const EDITS = 10_000

const { dependencies } = JSON.parse(readFileSync('perf/package.json', 'utf8'))
if (!Object.keys(dependencies).every(name => existsSync(`perf/node_modules/${name}`))) {
  const args = ['install', '--prefix', 'perf', '--no-audit', '--no-fund', '--no-package-lock']
  execFileSync('npm', args, { stdio: 'inherit' })
}
execFileSync(process.execPath, ['spec/support/build.mjs'], { stdio: 'inherit' })

const scripts = {}
for (const name of Object.keys(CONTENDERS)) {
  const { outputFiles } = await build({
    entryPoints: ['perf/browser/page.tsx'],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    jsx: 'automatic',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    tsconfigRaw: {},
    alias: {
      cowslip: resolve('dist/index.js'),
      'cowslip/react': resolve('dist/react.js'),
      // One React for all.
      react: resolve('node_modules/react'),
      'react-dom': resolve('node_modules/react-dom'),
    },
    plugins: [
      {
        name: 'under-test',
        setup(own) {
          own.onResolve({ filter: /under-test\.ts$/ }, () => ({
            path: resolve(`perf/browser/${name}.tsx`),
          }))
        },
      },
    ],
  })
  scripts[name] = outputFiles[0].text
}
const server = createServer(({ url }, response) => {
  const name = url.slice(1).split(/[.?]/)[0]
  // Alone in its process a page has a finer clock.
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
  response.setHeader('Content-Type', url.endsWith('.js') ? 'text/javascript' : 'text/html')
  response.end(
    url.endsWith('.js')
      ? scripts[name]
      : `<!doctype html><link rel="icon" href="data:,"><style>li{content-visibility:auto}</style><div id="root"></div><script type="module" src="/${name}.js"></script>`,
  )
})
await new Promise(begun => server.listen(0, '127.0.0.1', begun))
const browser = await launchChromium()

/** Opens a page of its own for a contender, and closes it after. */
async function inPage(name, query, work) {
  const context = await browser.newContext()
  const page = await context.newPage()
  page.on('pageerror', error => console.error(name, String(error)))
  await page.goto(`http://127.0.0.1:${server.address().port}/${name}${query}`)
  await page.waitForFunction('globalThis.ready === true')
  const measure = (what, count) =>
    page.evaluate(([what, count]) => globalThis.measure[what](count), [what, count])
  const session = await context.newCDPSession(page)
  const heap = async () => {
    for (let i = 0; i < 3; i++) await session.send('HeapProfiler.collectGarbage')
    return (await session.send('Runtime.getHeapUsage')).usedSize
  }
  try {
    return await work(measure, heap)
  } finally {
    await context.close()
  }
}

const rounds = Object.fromEntries(Object.keys(CONTENDERS).map(name => [name, []]))
for (let round = 0; round < ROUNDS; round++) {
  for (const name of Object.keys(CONTENDERS)) {
    const alone = await inPage(name, '', async (measure, heap) => {
      await measure('commit', 30)
      const commit = await measure('commit', 50)
      const undo = await measure('undo', 30)
      // It is the same in each round, and takes long.
      if (round > 0) return { commit, undo, memory: rounds[name][0].memory }
      const before = await heap()
      await measure('edit', EDITS)
      return { commit, undo, memory: ((await heap()) - before) / 1e6 }
    })
    const render = async measure => {
      await measure('mount')
      await measure('render', 20)
      return measure('render', 50)
    }
    const flat = await inPage(name, '', render)
    const grouped = await inPage(name, '?grouped', render)
    rounds[name].push({ ...alone, ...grouped, flat: flat.rendered })
    console.log(name, JSON.stringify(rounds[name].at(-1)))
  }
}
const version = browser.version()
await browser.close()
server.close()

const median = list => [...list].sort((a, b) => a - b)[list.length >> 1]
const of = (name, key) => {
  const values = rounds[name].map(round => round[key])
  return values.includes(null) ? null : median(values)
}
const rows = Object.entries(CONTENDERS).map(([name, title]) => {
  const ratio = key => {
    const [own, base] = [of(name, key), of('cowslip', key)]
    if (own === null || base === null) return '-'
    return name === 'cowslip' ? `${own.toPrecision(3)} ms` : `${(own / base).toPrecision(3)}x`
  }
  return [
    title,
    ratio('commit'),
    ratio('rendered'),
    ratio('flat'),
    ratio('shown'),
    ratio('undo'),
    of(name, 'memory').toFixed(1),
    rounds[name].map(({ components, selectors }) => `${components}/${selectors}`)[0],
  ]
})
const versionsOf = Object.keys(dependencies)
  .filter(name => /zustand|zundo|immer|redux|valtio|tanstack/.test(name))
  .map(
    name => `${name} ${JSON.parse(readFileSync(`perf/node_modules/${name}/package.json`)).version}`,
  )
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
const text = [
  `10,000 cards in React ${JSON.parse(readFileSync('node_modules/react/package.json')).version}, one edited. Medians of ${ROUNDS} rounds, pages of their own in turn;`,
  'Cowslip in milliseconds, the others as multiples of it (more than 1x is slower). Edit: a call while nothing is rendered. To the',
  'text: until the new text stands in the page (flushSync), in groups of 100 cards and in one list, whose siblings React walks. To the',
  'frame: until the frame after it, which comes every 16 ms. Memory: what 10,000 undoable',
  `edits keep, in MB (TanStack DB: without undo). Renders/selectors: of one edit. ${os.type()} ${os.arch()}, ${os.cpus().length} cores, chromium ${version}, commit ${commit}`,
  `${versionsOf.join(', ')}.`,
  '',
  ...table([
    [
      '',
      'edit',
      'to the text',
      'in one list',
      'to the frame',
      'undo',
      'memory',
      'renders/selectors',
    ],
    ...rows,
  ]),
  '',
].join('\n')
console.log(text)
writeFileSync('perf/results/browser.txt', text)

function table(lines) {
  const widths = lines[0].map((_, i) => Math.max(...lines.map(line => line[i].length)))
  return lines.map(line =>
    line
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd(),
  )
}
