/**
 * `up`: the embedded stack in one process that owns everything: workflow server, ledger, simulated parties, worker, verbs over HTTP.
 *
 * State lives in one folder and survives Ctrl-C and `kill -9`. For trials and small places; production is docker-compose.yml.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { smtpParty } from '../activities/mail.js'
import type { Desk } from '../client/desk.js'
import { dateIn, type Instant, instantFromMillis } from '../domain/instant.js'
import { openDatabase } from '../persistence/database.js'
import { FolderInUse } from '../persistence/pid-lock.js'
import { recallPlan } from '../persistence/plan-cache.js'
import { projectRoot } from '../persistence/project-root.js'
import { startMailCatcher } from '../simulators/mail-catcher.js'
import { keepDevServer } from '../worker/kept-dev-server.js'
import { payloadDataConverter, payloadKeyRing, newPayloadKey } from '../worker/payload-codec.js'
import { createMetrics } from '../worker/metrics.js'
import { startWorkers, type WorkerOptions } from '../worker/run-workers.js'
import { endRuntime, installRuntime } from '../worker/runtime-logger.js'
import { temporalCli } from '../worker/temporal-binaries.js'
import { startTicker } from '../worker/ticker.js'
import { type WorkflowBundle, workflowBundle } from '../worker/workflow-bundle.js'
import { startWebServer } from '../web/server.js'
import { verbs as verbTable } from '../web/verbs.js'
import { momentArgument } from './arguments.js'
import { DEFAULT_DATA, type UpOptions } from './command-options.js'
import { writeAccess } from './embedded/access.js'
import { clockVerb, isRehearsed, rehearsalClock } from './embedded/clock.js'
import { type Closing, closingInReverse } from './embedded/closing.js'
import { setParties } from './embedded/parties.js'
import { namedByOption, type Ports, portsOf, refuseTakenWebPort } from './embedded/ports.js'
import { answerDataRequests, embeddedSettings } from './embedded/settings.js'
import { local } from './local-time.js'
import { printProgress, UsageError } from './output.js'

/** Ctrl-C before it was up. */
class Interrupted extends Error {}

/** What a drill sets otherwise; nobody else sets anything. */
export interface UpDrill extends Pick<WorkerOptions, 'stickyTimeout'> {
  readonly bundle?: WorkflowBundle
  /** @unit ms */
  readonly heartbeatEvery?: number
  /** Folder of the lists that the simulated utility answers with; those of the example when left out. */
  readonly lists?: string
}

export async function up(options: UpOptions, drill: UpDrill = {}): Promise<void> {
  const ports = portsOf(options)
  const from = options.from === undefined ? null : momentArgument('--from', options.from)
  if (from !== null && options.rehearsal !== true)
    throw new UsageError('--from is for --rehearsal; a live program keeps the time of this machine.')
  const folder = resolve(options.data)
  if (options.rehearsal !== true && isRehearsed(folder))
    throw new UsageError(
      `${folder} holds a rehearsal, whose program time is its own; add --rehearsal, or name another folder with --data.`,
    )
  const closing = closingInReverse()
  const stop = stopAsked()
  try {
    await start(options, drill, { ports, from, folder, closing, stop })
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
  } finally {
    printProgress('Stopping …')
    await closing.all()
  }
}

interface Start {
  readonly ports: Ports
  readonly from: Instant | null
  readonly folder: string
  readonly closing: Closing
  readonly stop: StopAsked
}

async function start(options: UpOptions, drill: UpDrill, asked: Start): Promise<void> {
  const { ports, from, folder, closing, stop } = asked
  makeFolder(folder)
  const tell = (line: string): void => {
    if (stop.isAsked()) throw new Interrupted()
    printProgress(line)
  }
  tell('Starting the ledger …')
  const database = await openDatabase({ kind: 'folder', folder }).catch((error) => {
    if (!(error instanceof FolderInUse)) throw error
    throw new UsageError(`${error.message.split(';')[0]}; stop that one first, or name another folder with --data.`)
  })
  closing.last(() => database.close())
  await refuseTakenWebPort(ports)
  const logger = installRuntime({ level: options.verbose ? 'info' : 'error', ownSignals: true })
  closing.last(endRuntime)
  await database.migrate()
  tell('Starting the workflow server …')
  const executable = await temporalCli({ onProgress: printProgress })
  const server = await keepDevServer(
    { executable, folder: join(folder, 'temporal'), port: ports.temporal, uiPort: ports.ui },
    printProgress,
  ).catch((error) => {
    throw namedByOption(error, ports)
  })
  closing.last(() => server.close())
  if (server.adopted) printProgress('The workflow server of an earlier process still ran; it is taken over.')
  const dataConverter = payloadDataConverter(payloadKeyRing(keptKey(join(folder, 'payload-key'))))
  const connection = await Connection.connect({ address: server.address })
  closing.last(() => connection.close())
  const nativeConnection = await NativeConnection.connect({ address: server.address })
  closing.last(() => nativeConnection.close())
  const temporal = new Client({ connection, dataConverter })

  const terms = await recallPlan('mahomet')
  const machine = (): Instant => instantFromMillis(Date.now())
  const stepped = options.rehearsal ? rehearsalClock(folder, machine(), from) : null
  const now = (): Instant => stepped?.now() ?? machine()
  const desk: Desk = { database, temporal, now, clock: stepped === null ? 'timer' : 'stepped' }
  tell('Starting the simulated utility, mail house and mail relay …')
  const lists = drill.lists ?? join(projectRoot, 'examples', 'mahomet', 'village-list')
  const parties = await setParties(folder, lists, terms, database, dateIn(terms.zone, now()))
  closing.last(() => parties.close())
  const catcher = await startMailCatcher({ folder: join(folder, 'mail') })
  closing.last(() => catcher.close())
  const relay = smtpParty(`smtp://127.0.0.1:${catcher.port}`)
  closing.last(() => relay.close())
  tell('Starting the workers …')
  const workers = await startWorkers({
    connection: nativeConnection,
    bundle: drill.bundle ?? (await workflowBundle()),
    dataConverter,
    ...(drill.stickyTimeout === undefined ? {} : { stickyTimeout: drill.stickyTimeout }),
    context: {
      database,
      folder,
      mail: relay,
      mailHouse: parties.mailHouseFiles,
      utility: parties.utilityFiles,
      settings: embeddedSettings(terms),
      ...(drill.heartbeatEvery === undefined ? {} : { heartbeatEvery: drill.heartbeatEvery }),
    },
  })
  closing.last(() => workers.stop().catch(() => {}))
  const carry = async (): Promise<void> => {
    answerDataRequests(catcher, parties, lists, now())
    await parties.carry(now())
  }
  const clock = stepped === null ? {} : { clock: clockVerb(stepped, desk, parties, folder, carry) }
  const verbs = { ...verbTable, ...clock }
  const web = await startWebServer({ port: ports.web, desk, verbs, logger, metrics: createMetrics(desk) })
  closing.last(() => web.close())
  const ticker = startTicker(desk, parties.utilityFiles, folder, (what) => logger.warn(what), carry)
  closing.last(() => ticker.stop())
  await writeAccess(folder, web.url, database, machine())

  process.stdout.write(
    [
      '',
      `Meterhall is up${stepped === null ? '' : `, as a rehearsal; program time is ${local(stepped.now())}`}.`,
      `  verbs over HTTP     ${web.url}`,
      `  workflow server     ${server.uiUrl ?? server.address}`,
      `  state               ${folder}`,
      `  e-mail              ${join(folder, 'mail')}`,
      `  letters             ${join(folder, 'letters')}`,
      `  mailing evidence    ${parties.evidenceFolder}`,
      '  The embedded store is for trials: it survives a killed process, not a power cut.',
      '',
      'Next, in another terminal:',
      ...(folder === resolve(DEFAULT_DATA) ? [] : [`  export METERHALL_DATA=${folder}`]),
      `  npm run -s ${await nextCommand(desk)}`,
      '',
    ].join('\n'),
  )
  await Promise.race([stop.asked, workers.done])
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new UsageError(
      `The data folder ${folder} cannot be made (${(error as NodeJS.ErrnoException).code}); name another with --data.`,
    )
  }
}

interface StopAsked {
  readonly asked: Promise<void>
  isAsked(): boolean
}

/** The first Ctrl-C ends everything in order; a second one ends the process as it stands, which loses nothing either. */
function stopAsked(): StopAsked {
  let isAsked = false
  const asked = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        isAsked = true
        done()
      })
  })
  return { asked, isAsked: () => isAsked }
}

async function nextCommand(desk: Desk): Promise<string> {
  const program = await desk.database.kysely.selectFrom('program').select('program_id').limit(1).executeTakeFirst()
  return program === undefined
    ? 'meterhall -- program start --plan mahomet --boundary examples/mahomet/village-list/boundary.csv --default-rates examples/mahomet/default-rates.json'
    : 'meterhall -- status'
}

/** Payloads hold ids only and are encrypted all the same; the key stays with the state. */
function keptKey(path: string): string {
  if (!existsSync(path)) writeFileSync(path, newPayloadKey('embedded-1'), { mode: 0o600 })
  return readFileSync(path, 'utf8').trim()
}
