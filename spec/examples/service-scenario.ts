// What the order service is asked, on any storage.
import { spawn } from 'node:child_process'
import * as assert from 'uvu/assert'
// @ts-expect-error plain JavaScript, run as it is
import { bundle } from '../support/bundle.mjs'

const PROGRAM = `build/examples/service-${process.pid}.js`

/** Starts the service, runs the work, and stops it. Returns what it printed. */
export async function serve(
  env: Record<string, string>,
  work: (call: Call) => Promise<void>,
): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ...process.env, MONGODB_URL: undefined, ...env },
  })
  let output = ''
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', data => {
      output += String(data)
      const found = /listening on (\S+)/.exec(output)
      if (found !== null) resolve(found[1] as string)
    })
    child.stderr.on('data', data => (output += String(data)))
    child.on('close', () => reject(new Error(output)))
  })
  const call: Call = async (method, path, body, headers = {}) => {
    const response = await fetch(address + path, {
      method,
      headers: { 'x-user': 'ada', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      etag: response.headers.get('etag'),
      body: text && JSON.parse(text),
    }
  }
  try {
    await work(call)
  } finally {
    const closed = new Promise(resolve => child.on('close', resolve))
    child.kill('SIGTERM')
    await closed
  }
  return output
}

/** Calls the service. */
export type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<{ status: number; etag: string | null; body: any }>

export async function scenario(call: Call): Promise<void> {
  const lines = [{ sku: 'pen', count: 2, cents: 150 }]
  const placed = await call('POST', '/orders', { customer: 'c1', lines })
  assert.equal(
    [placed.status, placed.etag, placed.body.total, placed.body.state],
    [201, '"1"', 300, 'open'],
  )
  const path = `/orders/${placed.body._id}`
  assert.is((await call('GET', path, undefined, { 'if-none-match': '"1"' })).status, 304)
  assert.is((await call('PATCH', path, { note: 'x' })).status, 428)
  const changed = await call('PATCH', path, { note: 'a gift' }, { 'if-match': '"1"' })
  assert.equal([changed.status, changed.etag, changed.body.note], [200, '"2"', 'a gift'])
  const late = await call('PATCH', path, { note: 'late' }, { 'if-match': '"1"', 'x-user': 'eve' })
  assert.equal([late.status, late.body.code], [412, 'conflict'])
  const bad: [string, string, unknown, number][] = [
    ['POST', '/orders', { customer: 'c1', lines: [] }, 422],
    ['POST', '/orders', '{', 400],
    ['POST', '/orders', { customer: 'c1', lines: [{ sku: 'no', count: 1, cents: 1 }] }, 409],
    ['POST', '/orders', { customer: 'c1', lines: [{ sku: 'pen', count: 9_999, cents: 1 }] }, 409],
    ['POST', '/orders', 'x'.repeat(200_000), 413],
    ['GET', '/orders/nothing', undefined, 404],
    ['POST', '/orders/nothing/cancel', undefined, 404],
    ['DELETE', path, undefined, 405],
    ['GET', '/other', undefined, 404],
    ['GET', '/orders?after=x', undefined, 400],
  ]
  for (const [method, where, body, status] of bad) {
    assert.is((await call(method, where, body)).status, status, `${method} ${where}`)
  }
  // Many at once: what is sold is gone from the stock, and no more.
  const many = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      call('POST', '/orders', {
        customer: `c${i % 2}`,
        lines: [{ sku: 'ink', count: 40, cents: 1 }],
      }),
    ),
  )
  assert.is(many.filter(({ status }) => status === 201).length, 25)
  assert.ok(many.every(({ status }) => status === 201 || status === 409))
  const sold = many.filter(({ status }) => status === 201)
  const cancels = await Promise.all(
    sold
      .slice(0, 2)
      .flatMap(({ body }) => [
        call('POST', `/orders/${body._id}/cancel`),
        call('POST', `/orders/${body._id}/cancel`),
      ]),
  )
  assert.equal(cancels.map(({ status }) => status).sort(), [200, 200, 409, 409])
  const again = { customer: 'c9', lines: [{ sku: 'ink', count: 80, cents: 1 }] }
  assert.equal((await call('POST', '/orders', again)).status, 201)
  assert.equal((await call('POST', '/orders', again)).status, 409)
  // Page by page, the newest first.
  const seen = new Set<string>()
  let after: string | null = null
  do {
    const page = await call(
      'GET',
      `/orders?size=10${after === null ? '' : `&after=${encodeURIComponent(after)}`}`,
    )
    for (const { _id } of page.body.items) seen.add(_id)
    after = page.body.next
  } while (after !== null)
  assert.is(seen.size, 27)
  const mine = await call('GET', '/orders?customer=c9')
  assert.is(mine.body.items.length, 1)
  const cancelled = await call('POST', `${path}/cancel`, undefined, { 'x-user': 'grace' })
  assert.equal([cancelled.status, cancelled.body.state], [200, 'cancelled'])
  const history = await call('GET', `${path}/history`)
  assert.equal(
    history.body.map(({ who, label, version }: any) => [who, label, version]),
    [
      ['ada', 'place', 1],
      ['ada', 'change', 2],
      ['grace', 'cancel', 3],
    ],
  )
  assert.equal(history.body[1].patch[0], { op: 'replace', path: '/note', value: 'a gift' })
}

/** Builds the service. */
export async function buildService(): Promise<void> {
  await bundle({ entryPoints: ['examples/service/main.ts'], outfile: PROGRAM, built: true })
}
