// A chromium for specs: the one that CHROMIUM_PATH names, else one in the usual places, else the one inside the npm package
// `@sparticuz/chromium`, unpacked once for each version into the folder of temporary files.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

const MISSING =
  'Expected a chromium for the specs of pages. Received none that starts. Name one by CHROMIUM_PATH, or install chromium; ' +
  'on Linux x64 `npm install` brings one.'

/** Starts a browser. Throws an error that says what is missing. */
export async function launchChromium() {
  const causes = []
  for (const find of [() => process.env.CHROMIUM_PATH, () => USUAL.find(existsSync), unpacked]) {
    let path
    try {
      path = await find()
      if (path !== undefined) return await launch(path)
    } catch (cause) {
      causes.push(cause)
      // A path that somebody names is the one that is meant.
      if (path !== undefined && path === process.env.CHROMIUM_PATH) break
    }
  }
  throw new AggregateError(causes, MISSING)
}

function launch(executablePath) {
  // Where the package was unpacked, its libraries and fonts lie beside it.
  const folder = join(executablePath, '..')
  const libraries = join(folder, 'al2023/lib')
  const env = existsSync(libraries)
    ? {
        ...process.env,
        LD_LIBRARY_PATH: [libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
        FONTCONFIG_PATH: process.env.FONTCONFIG_PATH ?? join(folder, 'fonts'),
      }
    : process.env
  return chromium.launch({
    executablePath,
    env,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
}

/** Returns the path of the chromium of the package. */
async function unpacked() {
  const { version } = JSON.parse(
    readFileSync('node_modules/@sparticuz/chromium/package.json', 'utf8'),
  )
  const folder = join(tmpdir(), `cowslip-chromium-${version}`)
  const path = join(folder, 'chromium')
  if (existsSync(path)) return path
  // Unpacked aside and then renamed, because specs run side by side. The package unpacks its libraries where this is set.
  const aside = mkdtempSync(`${folder}-`)
  const program = `const { default: chromium } = await import('@sparticuz/chromium')
    await chromium.executablePath()`
  const env = { ...process.env, TMPDIR: aside, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' }
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { env })
  try {
    renameSync(aside, folder)
  } catch (error) {
    rmSync(aside, { recursive: true, force: true })
    if (!existsSync(path)) throw error
  }
  return path
}
