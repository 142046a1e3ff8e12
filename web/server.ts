/** The web process's listener. By itself it is reached from this machine only. */
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { createApp, type WebOptions } from './app.js'

export interface WebServerOptions extends WebOptions {
  /** 0 lets the system choose one. */
  readonly port: number
  /** `127.0.0.1` when left out; another address needs a proxy with TLS in front (`behindTls`). */
  readonly host?: string
}

export interface WebServer {
  readonly url: string
  /** Answers what has been asked, for ten seconds at the most; takes nothing new. */
  close(): Promise<void>
}

const CLOSE_LIMIT_MS = 10_000

/** @throws Error in one sentence when the port is taken */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const hostname = options.host ?? '127.0.0.1'
  const app = createApp(options)
  const { server, port } = await new Promise<{ server: Server; port: number }>((listening, failed) => {
    const server = serve({ fetch: app.fetch, port: options.port, hostname }, (info) => {
      server.off('error', fail)
      listening({ server, port: info.port })
    }) as Server
    const fail = (error: NodeJS.ErrnoException) => failed(portError(error, options.port))
    server.once('error', fail)
  })
  return {
    url: `http://${hostname}:${port}`,
    close: () =>
      new Promise<void>((closed) => {
        const limit = setTimeout(() => server.closeAllConnections(), CLOSE_LIMIT_MS)
        server.close(() => {
          clearTimeout(limit)
          closed()
        })
        server.closeIdleConnections()
      }),
  }
}

function portError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error
  return new Error(`Port ${port} is taken by another process; stop that one, or choose another port.`)
}
