import { connect, createServer, type Socket } from 'node:net'

/**
 * A TCP proxy in front of a server that cuts connections after the server has applied a write, or holds everything
 * back.
 */
export interface CuttingProxy {
  readonly url: string
  /** Asked for each write, by the name of its command; true: its reply never arrives, the connection is cut. */
  cut: (command: string) => boolean
  /** How many replies were cut. */
  cuts: number
  /** From now on nothing passes, in either direction. */
  hold(): void
  /** What was held passes, and all that follows. */
  release(): void
  /** Cuts all connections of now. */
  drop(): void
  /** What comes over the connections of now is lost from now on. */
  swallow(): void
  close(): Promise<void>
}

const WRITES: readonly [name: string, bytes: Buffer][] = [
  ['insert', Buffer.from('\u0002insert\u0000')],
  ['update', Buffer.from('\u0002update\u0000')],
  ['delete', Buffer.from('\u0002delete\u0000')],
  ['findAndModify', Buffer.from('\u0002findAndModify\u0000')],
]
const COMMIT: readonly [name: string, bytes: Buffer] = [
  'commit',
  Buffer.from('commitTransaction\u0000'),
]

/** Writes go to the member at `url`; use the proxy's own url, directly connected. */
export async function cuttingProxy(url: string, options = ''): Promise<CuttingProxy> {
  const { hostname, port } = new URL(url.replace(/^mongodb:/, 'http:'))
  const sockets = new Set<Socket>()
  let held: (() => void)[] | null = null
  const pass = (act: () => void): void => {
    if (held === null) act()
    else held.push(act)
  }
  const proxy: CuttingProxy = {
    url: '',
    cut: () => false,
    cuts: 0,
    hold: () => void (held ??= []),
    release() {
      const waiting = held ?? []
      held = null
      for (const act of waiting) act()
    },
    drop() {
      for (const socket of sockets) socket.destroy()
    },
    swallow() {
      for (const socket of sockets) socket.removeAllListeners('data').resume()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
  const server = createServer(client => {
    const upstream = connect(Number(port), hostname)
    let cutting = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', data => {
      const [name] = [COMMIT, ...WRITES].find(([, bytes]) => data.includes(bytes)) ?? []
      if (name !== undefined && proxy.cut(name)) cutting = true
      pass(() => void upstream.write(data))
    })
    upstream.on('data', data => {
      if (!cutting) return pass(() => void client.write(data))
      proxy.cuts++
      client.destroy()
      upstream.destroy()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy does not listen')
  const query = `?directConnection=true${options}`
  return Object.assign(proxy, { url: `mongodb://127.0.0.1:${address.port}/${query}` })
}
