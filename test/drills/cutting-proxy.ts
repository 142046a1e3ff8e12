/** A connection to PostgreSQL that is cut just after a COMMIT has gone through: whoever sent it never hears the answer. */
import { connect, createServer, type Socket } from 'node:net'

export interface CuttingProxy {
  /** The database's URL by way of the proxy. */
  through(url: string): string
  /** The answer to the nth COMMIT from now on is lost, counting from 1. */
  cutAfterCommit(nth: number): void
  /** The answers to every nth COMMIT from now on are lost; 0: none any more. */
  cutEvery(nth: number): void
  readonly cuts: number
  close(): Promise<void>
}

/** A simple query of the protocol: its letter, its length, its text, a zero. Kysely says it in small letters. */
const COMMIT = Buffer.from('commit\0')

export async function startCuttingProxy(port: number): Promise<CuttingProxy> {
  let countdown = 0
  let again = 0
  let cuts = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    let isCut = false
    client.on('data', (data) => {
      upstream.write(data)
      if (countdown === 0 || !data.includes(COMMIT)) return
      countdown -= 1
      if (countdown > 0) return
      isCut = true
      countdown = again
    })
    upstream.on('data', (data) => {
      // the server answers a COMMIT when it is done, never before
      if (!isCut) return void client.write(data)
      cuts += 1
      client.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const own = typeof address === 'object' && address !== null ? address.port : 0
  return {
    through(url) {
      const mine = new URL(url)
      mine.port = String(own)
      return mine.href
    },
    cutAfterCommit(nth) {
      again = 0
      countdown = nth
    },
    cutEvery(nth) {
      again = nth
      countdown = nth
    },
    get cuts() {
      return cuts
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
