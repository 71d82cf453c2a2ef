// Builds the board and serves it on loopback: `npm run board -- [port]`. Prints the address.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { build } from 'esbuild'

const FOLDER = 'build/board'
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css' }
// Nothing but what is served here.
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:"

if (!existsSync('dist/react.js')) {
  console.log('building ...')
  const { status } = spawnSync(process.execPath, ['spec/support/build.mjs'], { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}
mkdirSync(FOLDER, { recursive: true })
await build({
  entryPoints: ['examples/board/main.tsx'],
  outfile: join(FOLDER, 'board.js'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  // The built package, as for any user.
  tsconfigRaw: {},
})
for (const name of ['index.html', 'board.css']) cpSync(`examples/board/${name}`, join(FOLDER, name))

const files = new Map(
  ['index.html', 'board.js', 'board.css'].map(name => [
    `/${name}`,
    readFileSync(join(FOLDER, name)),
  ]),
)
const server = createServer(({ url = '/' }, response) => {
  const { pathname } = new URL(url, 'http://localhost')
  const name = pathname === '/' ? '/index.html' : pathname
  const file = files.get(name)
  if (file === undefined) return response.writeHead(404).end('Not here')
  response.writeHead(200, {
    'Content-Type': TYPES[name.split('.').at(-1)],
    'Content-Security-Policy': POLICY,
  })
  response.end(file)
})
server.on('error', error => {
  console.error(error.message)
  process.exit(1)
})
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  console.log(`The board is at http://127.0.0.1:${server.address().port} (Ctrl+C ends it)`)
})
