// Pages for specs: bundled from sources of the spec against the built package, served on loopback, run in chromium.
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { build } from 'esbuild'
import type { Browser, BrowserContext, Page } from 'playwright-core'
// @ts-expect-error plain JavaScript, run as it is
import { launchChromium } from './chromium.mjs'

/** A site with one page for each source, and a browser to look at them. */
export interface Site {
  readonly browser: Browser
  /** Opens the page of a source in a tab of a context; without one, in a context of its own. */
  open(source: string, options?: OpenOptions): Promise<Page>
  close(): Promise<void>
}

/** Options of `open`. */
export interface OpenOptions {
  readonly context?: BrowserContext
  /** The content security policy that the page is served with. */
  readonly policy?: string
}

/** The tab has told no error, and no violation of its policy. */
export const troubleOf = new WeakMap<Page, string[]>()

/** Runs a function in a page of its own, with what the page offers as `spec`. */
export async function runInPage<R>(
  site: Site,
  source: string,
  run: (spec: any) => Promise<R>,
): Promise<R> {
  const page = await site.open(source)
  try {
    return (await page.evaluate(`(${String(run)})(globalThis.spec)`)) as R
  } finally {
    await page.close()
  }
}

/** Opens a site; `folder` holds the sources. With `development` React tells what it finds wrong. */
export async function openSite(folder: string, mode = 'production'): Promise<Site> {
  const scripts = new Map<string, Promise<string>>()
  const scriptOf = (source: string): Promise<string> => {
    const known = scripts.get(source) ?? bundlePage(`${folder}/${source}`, mode)
    scripts.set(source, known)
    return known
  }
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
      const policy = searchParams.get('policy')
      if (pathname.endsWith('.js')) {
        response.setHeader('Content-Type', 'text/javascript')
        response.end(await scriptOf(pathname.slice(1, -3)))
        return
      }
      response.setHeader('Content-Type', 'text/html; charset=utf-8')
      if (policy !== null) response.setHeader('Content-Security-Policy', policy)
      response.end(
        `<!doctype html><title>spec</title><link rel="icon" href="data:,"><div id="root"></div>` +
          `<script type="module" src="${pathname}.js"></script>`,
      )
    })().catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const browser: Browser = await (launchChromium as () => Promise<Browser>)().catch(
    (error: unknown) => {
      server.close()
      throw error
    },
  )
  return {
    browser,
    async open(source, { context, policy } = {}) {
      const page = await (context ?? (await browser.newContext())).newPage()
      const trouble: string[] = []
      troubleOf.set(page, trouble)
      page.on('console', message => {
        if (['error', 'warning'].includes(message.type())) trouble.push(message.text())
      })
      page.on('pageerror', error => trouble.push(error.stack ?? String(error)))
      const query = policy === undefined ? '' : `?policy=${encodeURIComponent(policy)}`
      await page.goto(`http://127.0.0.1:${port}/${source}${query}`)
      await waitUntilReady(page)
      return page
    },
    async close() {
      await browser.close()
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Waits without `waitForFunction`, which evaluates a text: a strict page refuses that. */
async function waitUntilReady(page: Page): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await page.waitForTimeout(20)) {
    if (await page.evaluate(() => (globalThis as { ready?: boolean }).ready === true)) return
  }
  throw new Error(`The page was not ready in time: ${troubleOf.get(page)?.join()}`)
}

async function bundlePage(source: string, mode: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    jsx: 'automatic',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    tsconfigRaw: {},
    alias: { ...(await findEntries()), mongodb: resolve('spec/browser/pages/bson-as-mongodb.ts') },
  })
  return outputFiles[0]?.text ?? ''
}

/** Returns the built files of the package's entries, by name. */
async function findEntries(): Promise<Record<string, string>> {
  const { exports } = JSON.parse(await readFile('package.json', 'utf8')) as {
    exports: Record<string, string | { default: string }>
  }
  const files = Object.entries(exports).filter(([, file]) => typeof file === 'object')
  return Object.fromEntries(
    files.map(([name, file]) => [`cowslip${name.slice(1)}`, resolve(Object(file).default)]),
  )
}
