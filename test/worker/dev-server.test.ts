import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { processIdentity } from '../../persistence/process-identity.js'
import { type DevServer, startDevServer } from '../../worker/dev-server.js'
import { keepDevServer } from '../../worker/kept-dev-server.js'
import { freePort } from '../support/postgres.js'
import { temporalForTests } from '../support/temporal.js'

const executable = await temporalForTests('cli')

describe.skipIf(executable === undefined)('the development server of the embedded stack', () => {
  let folder: string
  let port: number
  const servers: DevServer[] = []
  const start = async (on = port) => {
    const server = await startDevServer({ executable: executable ?? '', folder, port: on })
    servers.push(server)
    return server
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'meterhall-dev-server-'))
    port = await freePort()
  })
  afterAll(async () => {
    for (const server of servers) await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('left behind by an earlier run it is adopted as it is', async () => {
    const first = await start()
    const second = await start()
    expect(first.adopted).toBe(false)
    expect(second).toMatchObject({ adopted: true, pid: first.pid, address: `127.0.0.1:${port}` })
  })

  test('left behind frozen it is ended by its own pid, and a new one takes its files', async () => {
    const [frozen] = servers
    process.kill(frozen?.pid ?? 0, 'SIGSTOP')
    const next = await start()
    expect(next.adopted).toBe(false)
    expect(next.pid).not.toBe(frozen?.pid)
    expect(processIdentity(frozen?.pid ?? 0)).toBeUndefined()
  })

  test('stops in order, and a second stop does nothing', async () => {
    const last = servers.at(-1)
    await last?.close()
    expect(processIdentity(last?.pid ?? 0)).toBeUndefined()
    await last?.close()
  })

  test('kept, it is started again on the same port whenever it is gone, and ends when it is told to', async () => {
    const own = join(folder, 'kept')
    const pid = () => (JSON.parse(readFileSync(join(own, 'temporal.pid'), 'utf8')) as { pid: number }).pid
    const told: string[] = []
    const kept = await keepDevServer({ executable: executable ?? '', folder: own, port: await freePort() }, (line) =>
      told.push(line),
    )
    const { address } = kept
    for (const time of [1, 2]) {
      process.kill(pid(), 'SIGKILL')
      await vi.waitFor(() => expect(kept.restarts).toBe(time), { timeout: 60_000, interval: 50 })
    }
    const last = pid()
    expect([kept.address, processIdentity(last) === undefined]).toEqual([address, false])
    expect(told).toEqual(Array(2).fill('The workflow server is gone; starting it again …'))
    await kept.close()
    expect(processIdentity(last)).toBeUndefined()
    expect(kept.restarts).toBe(2)
  }, 120_000)

  test('another process with the number in the pid file is left alone', async () => {
    const identity = processIdentity(process.pid)
    writeFileSync(join(folder, 'temporal.pid'), JSON.stringify({ pid: process.pid, identity, port, uiPort: null }))
    const server = await start()
    expect(server).toMatchObject({ adopted: false })
    await server.close()
  })

  test('a port in use is told before anything is started', async () => {
    const taken = await new Promise<Server>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
    })
    const address = taken.address()
    const takenPort = typeof address === 'object' && address !== null ? address.port : 0
    await expect(start(takenPort)).rejects.toThrow(`Port ${takenPort} is taken by another process`)
    taken.close()
  })

  test('a command that cannot be started is named', async () => {
    const broken = startDevServer({ executable: join(folder, 'no-such-command'), folder, port })
    await expect(broken).rejects.toThrow(/no-such-command could not be started/)
    expect(execFileSync('ls', [folder]).toString()).not.toContain('temporal.pid')
  })
})
