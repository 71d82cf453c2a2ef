// `npm run pictures`: draws the two pictures of GUIDE.md. The first is drawn from a real edit: a node counts as shared
// if it is the same object in both snapshots.
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { createStore } from 'cowslip'

const STYLE = `<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-size: 16px; font-weight: 600 }
.small { font-size: 12px; fill: #57606a }
.box { fill: #f6f8fa; stroke: #8c959f }
.shared { fill: #ddf4ff; stroke: #0072b2; stroke-width: 2 }
.copied { fill: #dafbe1; stroke: #009e73; stroke-width: 2 }
.old { fill: #f6f8fa; stroke: #8c959f; stroke-dasharray: 4 3 }
.line { stroke: #8c959f; fill: none }
.new { stroke: #009e73; fill: none }
.back { stroke: #d55e00; fill: none; stroke-dasharray: 5 4 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .small { fill: #9198a1 }
  .box, .old { fill: #21262d }
  .shared { fill: #0d2d45 }
  .copied { fill: #0f3027 }
}
</style>`

const svg = (width, height, label, parts) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">\n` +
  `${STYLE}\n${parts.join('\n')}\n</svg>\n`

const text = (x, y, words, kind = '') =>
  `<text x="${x}" y="${y}" text-anchor="middle"${kind && ` class="${kind}"`}>${words}</text>`

const box = (x, y, width, height, kind) =>
  `<rect x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="6" class="${kind}"/>`

/** Lists every container of a snapshot once: its name, its level and its parent. */
function containersOf(root) {
  const found = [{ node: root, name: 'document', level: 0, parent: null }]
  for (const { node, level } of found) {
    for (const [key, value] of Object.entries(node)) {
      if (typeof value !== 'object' || value === null) continue
      const name = Array.isArray(node) ? `[${key}]` : key
      found.push({ node: value, name, level: level + 1, parent: node })
    }
  }
  return found
}

/** Draws two snapshots of one store, and which nodes they share. */
export function drawCopyOnWrite() {
  const store = createStore({
    name: 'Ada',
    address: { city: 'London', geo: { lat: 51.5 } },
    tags: ['math'],
    orders: [{ n: 1 }, { n: 1 }],
  })
  const before = containersOf(store.state)
  store.edit(draft => {
    draft.address.city = 'Paris'
    draft.orders[1].n = 2
  })
  const after = containersOf(store.state)
  const isIn = (list, node) => list.some(other => other.node === node)
  const places = new Map()
  const place = (list, from, to) =>
    list.forEach(({ node, level }, i) => {
      places.set(node, [from + ((i + 0.5) * (to - from)) / list.length, 105 + 95 * level])
    })
  for (let level = 0; level < 3; level++) {
    const at = list => list.filter(entry => entry.level === level)
    place(
      at(before).filter(({ node }) => !isIn(after, node)),
      20,
      290,
    )
    place(
      at(before).filter(({ node }) => isIn(after, node)),
      290,
      570,
    )
    place(
      at(after).filter(({ node }) => !isIn(before, node)),
      570,
      840,
    )
  }
  const lines = (list, kind) =>
    list
      .filter(({ parent }) => parent !== null)
      .map(({ node, parent }) => {
        const [[x1, y1], [x2, y2]] = [places.get(parent), places.get(node)]
        return `<line x1="${x1}" y1="${y1 + 16}" x2="${x2}" y2="${y2 - 16}" class="${kind}"/>`
      })
  const nodes = new Map([...before, ...after].map(entry => [entry.node, entry]))
  const parts = [
    text(430, 28, "draft.address.city = 'Paris'; draft.orders[1].n = 2", 'title'),
    text(155, 66, 'the snapshot before: unchanged', 'small'),
    text(705, 66, 'the snapshot after', 'small'),
    ...lines(before, 'line'),
    ...lines(after, 'new'),
  ]
  let copied = 0
  for (const [node, { name }] of nodes) {
    const [x, y] = places.get(node)
    const kind = !isIn(after, node) ? 'old' : isIn(before, node) ? 'shared' : 'copied'
    if (kind === 'copied') copied++
    parts.push(box(x, y, 92, 32, kind), text(x, y + 5, name))
  }
  const shared = after.length - copied
  parts.push(
    text(
      430,
      352,
      `Blue: shared, the same object in both (${shared}). Green: copied once and frozen (${copied}).`,
      'small',
    ),
    text(
      430,
      372,
      'Dashed: only in the old snapshot. Who holds it keeps it; else it is collected.',
      'small',
    ),
  )
  return svg(
    860,
    390,
    'Two snapshots of one document: only the nodes on the way to an edit are copied',
    parts,
  )
}

/** The stages of a commit, from left to right: title, and one line below it. */
const STAGES = [
  ['snapshot', 'frozen'],
  ['draft', 'logs each write'],
  ['finish', 'freezes copies'],
  ['adapter', 'one partial update'],
  ['state moves', 'one event'],
]

/** Draws the life of a commit. */
export function drawCommit() {
  const y = 124
  const at = i => 92 + i * 169
  const parts = [text(430, 28, 'The way of a commit', 'title')]
  parts.push(
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">' +
      '<path d="M0 0 8 4 0 8z" fill="#8c959f"/></marker></defs>',
  )
  const arrow = (path, kind) =>
    parts.push(`<path d="${path}" class="${kind}" marker-end="url(#tip)"/>`)
  STAGES.forEach(([title, words], i) => {
    const kind = i === 0 ? 'shared' : i === STAGES.length - 1 ? 'copied' : 'box'
    parts.push(
      box(at(i), y, 132, 56, kind),
      text(at(i), y - 4, title),
      text(at(i), y + 15, words, 'small'),
    )
    if (i > 0) arrow(`M${at(i - 1) + 66} ${y}H${at(i) - 68}`, 'line')
  })
  arrow(`M${at(3)} ${y - 28}C${at(3)} ${y - 70} ${at(1)} ${y - 70} ${at(1)} ${y - 30}`, 'back')
  parts.push(text(at(2), y - 68, 'conflict: load, run the recipe again', 'small'))
  arrow(`M${at(1)} ${y + 28}C${at(1)} ${y + 62} ${at(0)} ${y + 62} ${at(0)} ${y + 30}`, 'back')
  parts.push(text((at(0) + at(1)) / 2, y + 72, 'rollback', 'small'))
  parts.push(
    text(at(2), y + 52, 'next snapshot,', 'small'),
    text(at(2), y + 68, 'change set', 'small'),
  )
  parts.push(
    text(at(3), y + 52, 'guarded by version', 'small'),
    text(at(3), y + 68, 'and last commit', 'small'),
  )
  parts.push(text(430, 226, 'A store in memory has no adapter: the state moves at once.', 'small'))
  return svg(860, 240, 'The way of a commit: snapshot, draft, finish, adapter, event', parts)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const here = name => new URL(name, import.meta.url)
  writeFileSync(here('copy-on-write.svg'), drawCopyOnWrite())
  writeFileSync(here('commit.svg'), drawCommit())
}
