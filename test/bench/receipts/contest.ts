/** Replies from the wire to the commit. */
import { join } from 'node:path'
import { type DevServer, startDevServer } from '../../../worker/dev-server.js'
import { findPostgres, freePort, startScratchPostgres } from '../../support/postgres.js'
import { temporalForTests } from '../../support/temporal.js'
import { type Contest, OURS } from '../contest.js'
import { inProcess } from '../in-process.js'

export interface ReceiptSettings {
  /** A database of the contestant's own. */
  readonly url: string
  readonly receipts: number
  /** Asking at the same time. */
  readonly connections: number
}

export interface PgbenchSettings extends ReceiptSettings {
  /** `insert`: the receipt's row; `transaction`: all that one reply reads and writes. */
  readonly script: 'insert' | 'transaction'
  /** Folder of PostgreSQL's programs. */
  readonly bin: string
}

export interface UpdateSettings {
  /** Of a development server. */
  readonly address: string
  /** Its process. */
  readonly server: number
  readonly receipts: number
  readonly senders: number
}

/** A run takes ten Updates at the same time. */
const CONNECTIONS = { http: 128, pgbench: 16, updates: 8 }

export const receiptContest: Contest = {
  name: 'receipts',
  title: 'Replies',
  figures: [
    { name: 'receipts', unit: 'per second', better: 'higher', title: 'Replies committed' },
    {
      name: 'receipts-cpu',
      unit: 'per CPU-second',
      better: 'higher',
      title: 'Replies committed, by processor time',
    },
    { name: 'receipt-p99', unit: 'ms', better: 'lower', title: 'Slowest answer in a hundred' },
  ],
  bars: [
    { figure: 'receipts', peer: 'pgbench-insert', atLeast: 0.5 },
    { figure: 'receipts', peer: 'temporal-update', atLeast: 10 },
    { figure: 'receipts-cpu', peer: 'pgbench-insert', atLeast: 0.5 },
    { figure: 'receipts-cpu', peer: 'pgbench-transaction', atLeast: 1 },
    { figure: 'receipts-cpu', peer: 'temporal-update', atLeast: 10 },
  ],
  contestants: [
    {
      name: OURS,
      what: `One HTTP request for each reply, ${CONNECTIONS.http} at the same time, from another process: the token looked up, the input checked, the reply judged, receipt, account, two journal entries and the verb written, the answer sent after the commit.`,
    },
    {
      name: 'pgbench-insert',
      what: `pgbench, ${CONNECTIONS.pgbench} clients, prepared: inserts the same row of the receipt table and nothing else. No HTTP, no judgement, no journal.`,
    },
    {
      name: 'pgbench-transaction',
      what: `pgbench, ${CONNECTIONS.pgbench} clients, prepared: all the rows that one reply writes, and the locks and look-ups it needs, in one hand-written transaction per reply. No HTTP, no judgement.`,
    },
    {
      name: 'temporal-update',
      what: `One Update of a running workflow for each reply, ${CONNECTIONS.updates} at the same time, on the development server with its file. The workflow adds one to a number. No HTTP of ours, no judgement, no ledger.`,
    },
  ],
  async open({ size, folder }) {
    const isFull = size === 'full'
    const receipts = isFull ? 6_000 : 500
    const postgres = findPostgres()
    if ('missing' in postgres) throw new Error(`the replies need PostgreSQL: ${postgres.missing}`)
    const temporal = await startTemporal(folder)
    const database = await startScratchPostgres(postgres.bin, { durable: true })
    const pgbench = (script: PgbenchSettings['script']) => async () => {
      const url = await database.createDatabase()
      const settings: PgbenchSettings = { url, receipts, connections: CONNECTIONS.pgbench, script, bin: postgres.bin }
      return inProcess(new URL('./pgbench.js', import.meta.url), settings)
    }
    return {
      runs: {
        [OURS]: async () => {
          const url = await database.createDatabase()
          const settings: ReceiptSettings = { url, receipts, connections: CONNECTIONS.http }
          return inProcess(new URL('./meterhall.js', import.meta.url), settings)
        },
        'pgbench-insert': pgbench('insert'),
        'pgbench-transaction': pgbench('transaction'),
        ...(temporal !== undefined && {
          'temporal-update': () => {
            // a run takes 2,000 updates in its life
            const updates = isFull ? 1_000 : 100
            const settings: UpdateSettings = {
              address: temporal.address,
              server: temporal.pid,
              receipts: updates,
              senders: CONNECTIONS.updates,
            }
            return inProcess(new URL('./temporal-update.js', import.meta.url), settings)
          },
        }),
      },
      leftOut: temporal === undefined ? { 'temporal-update': 'the Temporal executable cannot be had here' } : {},
      async close() {
        await temporal?.close()
        await database.stop()
      },
    }
  },
}

async function startTemporal(folder: string): Promise<DevServer | undefined> {
  const executable = await temporalForTests('cli')
  if (executable === undefined) return undefined
  return startDevServer({ executable, folder: join(folder, 'temporal'), port: await freePort() })
}
