// `npm run perf:chart`: draws perf/results/edits.svg from perf/results/edits.txt.
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const SUBJECT = 'Cowslip'
/** Who is drawn, with a colour that can be told apart by those who see few, and a mark of its own. */
const DRAWN = [
  ['by hand', '#888888', 'diamond'],
  ['Mutative', '#0072b2', 'circle'],
  ['Immer', '#d55e00', 'square'],
  ['Structura', '#cc79a7', 'triangle'],
]
const WIDTH = 860
const LEFT = 290
const RIGHT = 40
const TOP = 84
const ROW = 26
/** Marks beyond stand at the edge. */
const RANGE = [0.05, 1_000]

/** Medians of each row in nanoseconds, by contender. */
export function parse(text) {
  const rows = []
  for (const line of text.split('\n')) {
    const median = /^ {2}(\S.*?) {2,}(\d+(?:\.\d+)?) ns /.exec(line)
    if (median !== null) rows.at(-1).times.set(median[1], Number(median[2]))
    else if (/^W\d+/.test(line)) rows.push({ name: line.trim(), times: new Map() })
  }
  return rows
}

const x = ratio => {
  const [from, to] = RANGE.map(Math.log10)
  return LEFT + ((Math.log10(ratio) - from) / (to - from)) * (WIDTH - LEFT - RIGHT)
}

const round = n => Number(n.toFixed(1))

function mark(shape, cx, cy, color) {
  const [a, b] = [round(cx), round(cy)]
  const points = {
    diamond: [`${a},${b - 6}`, `${round(a + 6)},${b}`, `${a},${b + 6}`, `${round(a - 6)},${b}`],
    triangle: [`${a},${b - 6}`, `${round(a + 6)},${b + 5}`, `${round(a - 6)},${b + 5}`],
  }[shape]
  if (points !== undefined) return `<polygon points="${points.join(' ')}" fill="${color}"/>`
  if (shape === 'circle') return `<circle cx="${a}" cy="${b}" r="5" fill="${color}"/>`
  return `<rect x="${round(a - 4.5)}" y="${b - 4.5}" width="9" height="9" fill="${color}"/>`
}

/** The picture: one line per row, a mark where each contender's time stands against ours. */
export function draw(text) {
  const rows = parse(text)
  const [, machine] = text.split('\n')
  const bottom = TOP + rows.length * ROW
  const parts = []
  const label = (at, y, words, more = '') =>
    parts.push(`<text x="${round(at)}" y="${y}" ${more}>${words}</text>`)
  label(16, 26, 'Time of one edit, against Cowslip’s', 'class="title"')
  let at = LEFT
  for (const [name, color, shape] of DRAWN) {
    parts.push(mark(shape, at, 48, color))
    label(at + 11, 52, name)
    at += 100
  }
  for (const ratio of [0.1, 1, 10, 100, 1_000]) {
    const kind = ratio === 1 ? 'ours' : 'grid'
    parts.push(
      `<line x1="${round(x(ratio))}" x2="${round(x(ratio))}" y1="${TOP - 8}" y2="${bottom}" class="${kind}"/>`,
    )
    label(x(ratio), TOP - 13, ratio === 1 ? 'Cowslip' : `${ratio}x`, 'text-anchor="middle"')
  }
  rows.forEach(({ name, times }, i) => {
    const y = TOP + i * ROW + ROW / 2
    label(16, y + 4, name)
    for (const [contender, color, shape] of DRAWN) {
      const ratio = times.get(contender) / times.get(SUBJECT)
      if (Number.isFinite(ratio)) parts.push(mark(shape, x(Math.max(ratio, RANGE[0])), y, color))
    }
  })
  label(16, bottom + 24, `Right of the line: slower than Cowslip; left of it: faster. ${machine}`)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 40}" role="img" aria-label="Time of one edit, against Cowslip's, for each workload">
<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-size: 16px; font-weight: 600 }
.grid { stroke: #8886 }
.ours { stroke: #009e73; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } }
</style>
${parts.join('\n')}
</svg>
`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const results = new URL('results/', import.meta.url)
  writeFileSync(
    new URL('edits.svg', results),
    draw(readFileSync(new URL('edits.txt', results), 'utf8')),
  )
}
