/** What all drills of a file share: a PostgreSQL server, a Temporal development server, the workflows with short timeouts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { type DevServer, startDevServer } from '../../worker/dev-server.js'
import { findPostgres, freePort, type ScratchPostgres, startScratchPostgres } from '../support/postgres.js'
import { temporalForTests } from '../support/temporal.js'
import { bundleWithShortTimeouts } from './impatient-bundle.js'

export interface DrillServers {
  readonly postgres: ScratchPostgres
  readonly client: Client
  /** Path of the bundle. */
  readonly bundle: string
  readonly temporal: DevServer
  readonly temporalFolder: string
  /** Ends the workflow server as a power cut would, or in order, and starts it on the files as `between` leaves them. */
  restartTemporal(how: 'SIGKILL' | 'in order', between?: () => void): Promise<void>
  close(): Promise<void>
}

const temporal = await temporalForTests('cli')
const postgres = findPostgres()
if ('missing' in postgres) process.stderr.write(`skipped: drills: ${postgres.missing}\n`)
/** False, with the reason printed, where one of the servers cannot be had. */
export const canDrill = temporal !== undefined && !('missing' in postgres)

export async function startDrillServers(): Promise<DrillServers> {
  if (temporal === undefined || 'missing' in postgres) throw new Error('drills need both servers')
  const folder = mkdtempSync(join(tmpdir(), 'meterhall-drill-'))
  const temporalFolder = join(folder, 'temporal')
  const options = { executable: temporal, folder: temporalFolder, port: await freePort() }
  const [database, code] = await Promise.all([startScratchPostgres(postgres.bin), bundleWithShortTimeouts()])
  let server = await startDevServer(options)
  const connection = await Connection.connect({ address: server.address })
  const bundle = join(folder, 'workflows.js')
  writeFileSync(bundle, code)
  return {
    postgres: database,
    client: new Client({ connection }),
    bundle,
    get temporal() {
      return server
    },
    temporalFolder,
    async restartTemporal(how, between = () => {}) {
      if (how === 'SIGKILL') process.kill(server.pid, 'SIGKILL')
      else await server.close()
      between()
      server = await startDevServer(options)
    },
    async close() {
      await connection.close()
      await server.close()
      await database.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
