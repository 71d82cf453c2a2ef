// Production bundles of pages by esbuild, webpack and Vite: they run, and hold what the page uses.
import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build as esbuild } from 'esbuild'
import { suite } from '../support/suite.ts'

const test = suite('bundles of pages')

// As a user has it: outside of this repository, whose tsconfig.json leads to the sources.
const folder = mkdtempSync(join(tmpdir(), 'cowslip-pages-'))
for (const part of ['package.json', 'dist']) {
  cpSync(part, join(folder, 'node_modules/cowslip', part), { recursive: true })
}
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')

/** Bundles an entry file for a page. Returns the file of the bundle. */
type Bundler = (entry: string, out: string) => Promise<void>

const BUNDLERS: Record<string, Bundler> = {
  async esbuild(entry, out) {
    await esbuild({
      absWorkingDir: folder,
      entryPoints: [entry],
      outfile: out,
      bundle: true,
      minify: true,
      format: 'esm',
      logLevel: 'error',
    })
  },
  async webpack(entry, out) {
    const { default: webpack } = await import('webpack')
    const compiler = webpack({
      mode: 'production',
      context: folder,
      entry,
      target: ['web', 'es2022'],
      experiments: { outputModule: true },
      output: { path: folder, filename: out.slice(folder.length + 1), module: true },
    })
    const stats = await new Promise<any>((done, fail) =>
      compiler.run((error, result) => (error ? fail(error) : done(result))),
    )
    assert.not(stats.hasErrors(), stats.toString('errors-only'))
    await new Promise(done => compiler.close(done))
  },
  async vite(entry, out) {
    const { build } = await import('vite')
    await build({
      root: folder,
      configFile: false,
      logLevel: 'error',
      build: {
        outDir: folder,
        emptyOutDir: false,
        copyPublicDir: false,
        rollupOptions: {
          input: entry,
          output: { entryFileNames: out.slice(folder.length + 1) },
        },
      },
    })
  },
}

/** Bundles a page. Returns what it prints, and its source. */
async function bundle(name: string, page: string): Promise<{ printed: string; source: string }> {
  const file = join(folder, `${name}-page.js`)
  const out = join(folder, `${name}-out.js`)
  writeFileSync(file, page)
  await (BUNDLERS[name] as Bundler)(file, out)
  return {
    printed: execFileSync(process.execPath, [out], { encoding: 'utf8' }).trim(),
    source: readFileSync(out, 'utf8'),
  }
}

for (const name of Object.keys(BUNDLERS)) {
  test(`${name}: all of cowslip/produce/full is enabled`, async () => {
    const { printed } = await bundle(
      name,
      `import { produce } from 'cowslip/produce/full'
      const next = produce(new Map([['a', [3, 1, 2]]]), draft => void draft.get('a').sort(), p => console.log(p.length))
      console.log(JSON.stringify([...next]))`,
    )
    assert.is(printed, '1\n[["a",[1,2,3]]]')
  })

  test(`${name}: cowslip/produce holds neither what Node alone needs nor what nobody enabled`, async () => {
    const { printed, source } = await bundle(
      name,
      `import { produce } from 'cowslip/produce'
      console.log(produce([1, 2], draft => void draft.push(3)).length)`,
    )
    assert.is(printed, '3')
    assert.not.match(source, /nodejs\.util\.inspect/)
    assert.not.match(source, /copyWithin|findLastIndex/)
  })
}

test('ends', () => rmSync(folder, { recursive: true, force: true }))

test.run()
