/**
 * The workflow server of the embedded stack, started again whenever it is gone: ended by hand, or by a machine that ran out of memory.
 *
 * Its state is in its file and its port stays the same, so that workers and callers find it again by themselves.
 */
import { type DevServer, type DevServerOptions, startDevServer } from './dev-server.js'

export interface KeptDevServer {
  readonly address: string
  readonly uiUrl: string | undefined
  /** At the start it still ran, left behind by an earlier process. */
  readonly adopted: boolean
  /** How often it was started again. */
  readonly restarts: number
  /** Ends it in order and for good. */
  close(): Promise<void>
}

const LOOK_EVERY_MS = 500

/** @param tell one sentence for whoever watches */
export async function keepDevServer(options: DevServerOptions, tell: (what: string) => void): Promise<KeptDevServer> {
  let server: DevServer = await startDevServer(options)
  const { adopted } = server
  let restarts = 0
  let closing = false
  let underWay: Promise<void> | null = null

  async function startAgain(): Promise<void> {
    tell('The workflow server is gone; starting it again …')
    try {
      server = await startDevServer(options)
      restarts += 1
    } catch (error) {
      tell(`It did not start and is tried again: ${(error as Error).message}`)
    }
  }
  const watch = setInterval(() => {
    if (closing || underWay !== null || server.isRunning()) return
    underWay = startAgain().finally(() => {
      underWay = null
    })
  }, LOOK_EVERY_MS)
  // whoever keeps it decides when the process ends
  watch.unref()
  return {
    get address() {
      return server.address
    },
    get uiUrl() {
      return server.uiUrl
    },
    adopted,
    get restarts() {
      return restarts
    },
    async close() {
      closing = true
      clearInterval(watch)
      await underWay
      await server.close()
    },
  }
}
