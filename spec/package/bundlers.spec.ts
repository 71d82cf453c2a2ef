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

/** Bundles an entry file for a page. Returns the paths of the modules that it holds. */
type Bundler = (entry: string, out: string) => Promise<readonly string[]>

const BUNDLERS: Record<string, Bundler> = {
  async esbuild(entry, out) {
    const { metafile } = await esbuild({
      metafile: true,
      absWorkingDir: folder,
      entryPoints: [entry],
      outfile: out,
      bundle: true,
      minify: true,
      format: 'esm',
      logLevel: 'error',
    })
    const [{ inputs }] = Object.values(metafile.outputs) as [(typeof metafile.outputs)[string]]
    return Object.keys(inputs).filter(path => (inputs[path]?.bytesInOutput ?? 0) > 0)
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
    const { modules } = stats.toJson({ all: false, modules: true, nestedModules: true })
    const all = modules.flatMap((module: any) => [module, ...(module.modules ?? [])])
    return all.map((module: any) => String(module.name))
  },
  async vite(entry, out) {
    const { build } = await import('vite')
    const built = await build({
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
    const [{ output }] = [built].flat() as any[]
    return output.flatMap((chunk: any) => chunk.moduleIds ?? [])
  },
}

/** Bundles a page. Returns what it prints, and its source. */
async function bundle(
  name: string,
  page: string,
): Promise<{ printed: string; source: string; modules: readonly string[] }> {
  const file = join(folder, `${name}-page.js`)
  const out = join(folder, `${name}-out.js`)
  writeFileSync(file, page)
  const modules = await (BUNDLERS[name] as Bundler)(file, out)
  return {
    modules,
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

  test(`${name}: a page of cowslip/light holds nothing of storage, queries and Immer`, async () => {
    const { printed, modules } = await bundle(
      name,
      `import { createStore, withHistory } from 'cowslip/light'
      const store = withHistory(createStore({ n: 1, tags: new Set(['a']) }))
      store.edit(draft => void draft.tags.add('b'))
      store.undo()
      console.log(store.state.tags.size)`,
    )
    assert.is(printed, '1')
    assert.ok(
      modules.some(path => path.includes('dist/store/light/')),
      modules.join(),
    )
    const strange = /dist[\\/](?:adapters|collection)[\\/]|[\\/](?:sift|immer|bson)[\\/]/
    assert.equal(
      modules.filter(path => strange.test(path)),
      [],
    )
  })

  for (const order of [
    ['cowslip', 'cowslip/light'],
    ['cowslip/light', 'cowslip'],
  ]) {
    test(`${name}: ${order.join(' before ')} in one bundle`, async () => {
      const [first, second] = order
      const full = order.indexOf('cowslip') === 0 ? 'one' : 'two'
      const { printed } = await bundle(
        name,
        `import * as one from '${first}'
        import * as two from '${second}'
        const [full, light] = [${full}, ${full === 'one' ? 'two' : 'one'}]
        const change = light.createStore({ n: 1 }).edit(draft => void draft.n++)
        const store = full.createStore({ n: 1 })
        const applied = store.apply(change)
        console.log(JSON.stringify([
          applied instanceof full.ChangeSet, applied instanceof light.ChangeSet,
          change instanceof full.ChangeSet, store.state.n,
          light.compose(applied, light.decode(full.ChangeSet.from(light.encode(applied)).invert().toJSON())).isEmpty,
        ]))`,
      )
      assert.is(printed, '[true,true,false,2,true]')
    })
  }
}

test('ends', () => rmSync(folder, { recursive: true, force: true }))

test.run()
