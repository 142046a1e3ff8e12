/**
 * The stage of a rehearsal: the production workflows, activities and ledger, with simulated parties around them.
 *
 * It holds no address, key or path of a real party: by construction, every one of them is made here, on this machine's loopback.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { smtpParty } from '../../activities/mail.js'
import { sftpParty } from '../../activities/sftp-party.js'
import type { Desk } from '../../client/desk.js'
import type { Client } from '@temporalio/client'
import type { NativeConnection } from '@temporalio/worker'
import type { Instant } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import { type Database, type DatabaseOptions, openDatabase } from '../../persistence/database.js'
import { createMailHouse, type SimulatedMailHouse } from '../../simulators/mail-house/mail-house.js'
import { type SimulatedMailCatcher, startMailCatcher } from '../../simulators/mail-catcher.js'
import { newSftpKeyPair, type SimulatedSftpServer, startSftpServer } from '../../simulators/sftp-server.js'
import { servicePointsFromCsv } from '../../simulators/utility/service-points.js'
import {
  createUtility,
  type SimulatedUtility,
  type UtilityOptions,
  type UtilityScript,
} from '../../simulators/utility/utility.js'
import { type RunningWorkers, startWorkers, type WorkerOptions } from '../../worker/run-workers.js'
import { installRuntime } from '../../worker/runtime-logger.js'
import { temporalTestServer } from '../../worker/temporal-binaries.js'
import { UTILITY_FOLDERS } from '../../worker/utility-look.js'
import { startTimeSkippingServer } from '../../worker/time-skipping.js'
import { workflowBundle } from '../../worker/workflow-bundle.js'
import { printProgress } from '../output.js'
import { type ProgramClock, skippedClock, steppedClock } from './program-clock.js'
import { invitedReplies } from './replies.js'
import type { RehearsalScript } from './script.js'

export interface Stage {
  readonly desk: Desk
  readonly database: Database
  readonly client: Client
  readonly clock: ProgramClock
  readonly sftp: SimulatedSftpServer
  readonly mail: SimulatedMailCatcher
  readonly utility: SimulatedUtility
  readonly mailHouse: SimulatedMailHouse
  readonly utilityFiles: ReturnType<typeof sftpParty>
  /** What the driver says the time is. */
  setNow(at: Instant): void
  /** Where letters, documents and copies of files lie. */
  readonly folder: string
  /** A worker that failed, as a rejection. */
  readonly workers: RunningWorkers
  close(): Promise<void>
}

const SUPPLIER_IDS = { first: 6_900_001, digits: 9 } as const
/** Invented: nine digits for each bidder, in the order of the bids. */
export function supplierIdOf(index: number): string {
  return String(SUPPLIER_IDS.first + index).padStart(SUPPLIER_IDS.digits, '0')
}

/** Where the simulated parties listen on this machine, and the key that both file servers know. */
export interface StageParties {
  readonly sftpPort: number
  readonly mailPort: number
  readonly privateKey: string
  readonly hostKeySha256: string
}

export interface StageOptions {
  readonly terms: PlanTerms
  readonly script: RehearsalScript
  readonly lists: readonly { readonly name: string; readonly content: Buffer }[]
  readonly startsAt: Instant
  readonly folder: string
  /** Left out: a time-skipping server of its own. A server of any kind is driven step by step. */
  readonly workflowServer?: { readonly client: Client; readonly nativeConnection: NativeConnection }
  readonly letterStyle?: 'letter' | 'blank'
  /** Left out: in memory. */
  readonly ledger?: DatabaseOptions
  /** Left out: the workers of this release, in this process. */
  readonly workers?: (options: WorkerOptions, parties: StageParties) => Promise<RunningWorkers>
  /** Spoils what the utility sends. */
  readonly answersOfUtility?: UtilityOptions['tamper']
  /** Spoils what reaches the mail house. */
  readonly filesToMailHouse?: (file: { readonly name: string; readonly content: Buffer }) => Buffer
}

export async function setStage(options: StageOptions): Promise<Stage> {
  const { terms, script, folder } = options
  // whoever made the connection has the runtime already: one per process
  if (options.workflowServer === undefined) installRuntime({ level: 'error' })
  const [bundle, database, server] = await Promise.all([
    workflowBundle(),
    openLedger(options.ledger),
    workflowServer(options),
  ])
  const scratch = await mkdtemp(join(tmpdir(), 'meterhall-'))
  const keys = newSftpKeyPair()
  const sftp = await startSftpServer({
    parties: {
      utility: {
        directories: Object.values(UTILITY_FOLDERS),
        users: [{ name: 'meterhall', publicKey: keys.publicKey }],
      },
      'mail-house': {
        directories: ['outbox', 'from-mail-house'],
        users: [{ name: 'meterhall-print', publicKey: keys.publicKey }],
      },
    },
  })
  const mail = await startMailCatcher({ folder: join(folder, 'mail') })
  const party = (username: string) =>
    sftpParty({
      host: '127.0.0.1',
      port: sftp.port,
      username,
      privateKey: keys.privateKey,
      hostKeySha256: sftp.hostKeySha256(),
      outbox: UTILITY_FOLDERS.outbox,
    })
  const utilityFiles = party('meterhall')
  const mailHouseFiles = party('meterhall-print')
  const relay = smtpParty(`smtp://127.0.0.1:${mail.port}`)
  const utility = createUtility({
    id: terms.utility.dunsNumber,
    name: terms.utility.name,
    servicePoints: options.lists.flatMap((list) => servicePointsFromCsv(list.content)),
    readDates: script.readDates,
    calendar: { billing: terms.calendar.billing, edi: terms.calendar.edi },
    suppliers: script.bids.map((_, index) => supplierIdOf(index)),
    // a code that the utility does not publish is sent all the same: what it means is ours to find out
    script: script.utility as UtilityScript,
    directories: { edi: UTILITY_FOLDERS.inbox, lists: UTILITY_FOLDERS.lists },
    ...(options.answersOfUtility === undefined ? {} : { tamper: options.answersOfUtility }),
  })
  const mailHouse = spoiled(createMailHouse({ folder: join(scratch, 'mail-house') }), options.filesToMailHouse)
  let now = options.startsAt
  const clock = await server.clockOf(database)
  const desk: Desk = { database, temporal: server.client, now: () => now, clock: clock.mode }
  const workerOptions: WorkerOptions = {
    connection: server.nativeConnection,
    bundle,
    context: {
      database,
      folder,
      mail: relay,
      mailHouse: mailHouseFiles,
      utility: utilityFiles,
      settings: {
        replies: invitedReplies(terms),
        // made up: the postal service assigns these
        postal: { barcodeId: '00', serviceType: '040', mailerId: '900000000', verified: false },
        letterStyle: options.letterStyle ?? 'letter',
        mailFrom: 'aggregation@village.example',
        utilityMail: 'government-aggregation@utility.example',
        usage: 'T',
      },
    },
  }
  const workers = await (options.workers ?? startWorkers)(workerOptions, {
    sftpPort: sftp.port,
    mailPort: mail.port,
    privateKey: keys.privateKey,
    hostKeySha256: sftp.hostKeySha256(),
  })
  return {
    desk,
    database,
    client: server.client,
    clock,
    folder,
    sftp,
    mail,
    utility,
    mailHouse,
    utilityFiles,
    workers,
    setNow: (at) => {
      now = at
    },
    async close() {
      await workers.stop()
      relay.close()
      await Promise.all([utilityFiles.close(), mailHouseFiles.close()])
      await Promise.all([sftp.close(), mail.close(), server.close(), database.close()])
      await rm(scratch, { recursive: true, force: true })
    },
  }
}

function spoiled(house: SimulatedMailHouse, spoil: StageOptions['filesToMailHouse']): SimulatedMailHouse {
  if (spoil === undefined) return house
  return { ...house, receive: (file) => house.receive({ ...file, content: spoil(file) }) }
}

interface WorkflowServer {
  readonly client: Client
  readonly nativeConnection: NativeConnection
  clockOf(database: Database): Promise<ProgramClock>
  close(): Promise<void>
}

async function workflowServer({ workflowServer: given, startsAt }: StageOptions): Promise<WorkflowServer> {
  if (given !== undefined) {
    const { client, nativeConnection } = given
    return {
      client,
      nativeConnection,
      clockOf: async (database) => steppedClock(database, client, startsAt),
      close: async () => {},
    }
  }
  const server = await startTimeSkippingServer(await temporalTestServer({ onProgress: printProgress }))
  const { client, nativeConnection } = server
  return { client, nativeConnection, clockOf: () => skippedClock(server, startsAt), close: () => server.close() }
}

async function openLedger(options: DatabaseOptions = { kind: 'memory' }): Promise<Database> {
  const database = await openDatabase(options)
  await database.migrate()
  return database
}
