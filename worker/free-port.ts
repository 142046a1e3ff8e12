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

/** @throws PortTaken */
export async function refuseTakenPort(port: number, host = '127.0.0.1'): Promise<void> {
  const probe = createServer()
  await new Promise<void>((free, failed) => {
    probe.once('error', (error: NodeJS.ErrnoException) =>
      failed(error.code === 'EADDRINUSE' ? new PortTaken(port) : error),
    )
    probe.listen(port, host, free)
  })
  await new Promise<void>((closed) => probe.close(() => closed()))
}
