/** Whether a port of this machine can be had, asked before anything is started that would need it. */
import { createServer } from 'node:net'

/** Somebody else listens there; one sentence that names the port. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken'
  readonly port: number
  constructor(port: number) {
    super(`Port ${port} is taken by another process; stop that one, or choose another port.`)
    this.port = port
  }
}

/**
 * @param patienceMs how long whoever had it may take to let it go; nobody, when left out
 * @throws PortTaken
 */
export async function refuseTakenPort(port: number, patienceMs = 0): Promise<void> {
  const until = performance.now() + patienceMs
  while (!(await isFree(port))) {
    if (performance.now() >= until) throw new PortTaken(port)
    await new Promise((waited) => setTimeout(waited, PAUSE_MS))
  }
}

const PAUSE_MS = 50

function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  return new Promise((found, failed) => {
    probe.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? found(false) : failed(error)))
    probe.listen(port, '127.0.0.1', () => probe.close(() => found(true)))
  })
}
