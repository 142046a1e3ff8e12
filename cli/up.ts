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
import { recallPlan } from '../persistence/plan-cache.js'
import { projectRoot } from '../persistence/project-root.js'
import { startMailCatcher } from '../simulators/mail-catcher.js'
import { keepDevServer } from '../worker/kept-dev-server.js'
import { payloadDataConverter, payloadKeyRing, newPayloadKey } from '../worker/payload-codec.js'
import { createMetrics } from '../worker/metrics.js'
import { startWorkers } from '../worker/run-workers.js'
import { installRuntime } from '../worker/runtime-logger.js'
import { temporalCli } from '../worker/temporal-binaries.js'
import { startTicker } from '../worker/ticker.js'
import { workflowBundle } from '../worker/workflow-bundle.js'
import { startWebServer } from '../web/server.js'
import { verbs as verbTable } from '../web/verbs.js'
import type { UpOptions } from './command-options.js'
import { writeAccess } from './embedded/access.js'
import { clockVerb, rehearsalClock } from './embedded/clock.js'
import { setParties } from './embedded/parties.js'
import { answerDataRequests, embeddedSettings } from './embedded/settings.js'
import { printProgress } from './output.js'

const PORTS = { temporal: 7243, ui: 8243, web: 8180 } as const

export async function up(options: UpOptions): Promise<void> {
  const folder = resolve(options.data)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const logger = installRuntime({ level: options.verbose ? 'info' : 'error' })
  printProgress('Starting the ledger …')
  const database = await openDatabase({ kind: 'folder', folder })
  await database.migrate()
  printProgress('Starting the workflow server …')
  const executable = await temporalCli({ onProgress: printProgress })
  const server = await keepDevServer(
    {
      executable,
      folder: join(folder, 'temporal'),
      port: Number(options.temporalPort ?? PORTS.temporal),
      uiPort: Number(options.uiPort ?? PORTS.ui),
    },
    printProgress,
  )
  const dataConverter = payloadDataConverter(payloadKeyRing(keptKey(join(folder, 'payload-key'))))
  const [connection, nativeConnection] = await Promise.all([
    Connection.connect({ address: server.address }),
    NativeConnection.connect({ address: server.address }),
  ])
  const temporal = new Client({ connection, dataConverter })

  const terms = await recallPlan('mahomet')
  const machine = (): Instant => instantFromMillis(Date.now())
  const stepped = options.rehearsal ? rehearsalClock(folder, machine()) : null
  const now = (): Instant => stepped?.now() ?? machine()
  const desk: Desk = { database, temporal, now, clock: stepped === null ? 'timer' : 'stepped' }
  printProgress('Starting the simulated utility, mail house and mail relay …')
  const lists = join(projectRoot, 'examples', 'mahomet', 'village-list')
  const parties = await setParties(folder, lists, terms, database, dateIn(terms.zone, now()))
  const catcher = await startMailCatcher({ folder: join(folder, 'mail') })
  const relay = smtpParty(`smtp://127.0.0.1:${catcher.port}`)
  const workers = await startWorkers({
    connection: nativeConnection,
    bundle: await workflowBundle(),
    dataConverter,
    context: {
      database,
      folder,
      mail: relay,
      mailHouse: parties.mailHouseFiles,
      utility: parties.utilityFiles,
      settings: embeddedSettings(terms),
    },
  })
  const ticker = startTicker(
    desk,
    parties.utilityFiles,
    folder,
    (what) => logger.warn(what),
    async () => {
      answerDataRequests(catcher, parties, lists, now())
      await parties.carry(now())
    },
  )
  const verbs = { ...verbTable, ...(stepped === null ? {} : { clock: clockVerb(stepped, desk, parties, folder) }) }
  const web = await startWebServer({
    port: Number(options.port ?? PORTS.web),
    desk,
    verbs,
    logger,
    metrics: createMetrics(desk),
  })
  await writeAccess(folder, web.url, database, machine())

  process.stdout.write(
    [
      '',
      `Meterhall is up${stepped === null ? '' : `, as a rehearsal; program time is ${stepped.now()}`}.`,
      `  verbs over HTTP     ${web.url}`,
      `  workflow server     ${server.uiUrl ?? server.address}`,
      `  state               ${folder}`,
      `  e-mail              ${join(folder, 'mail')}`,
      '  The embedded store is for trials: it survives a killed process, not a power cut.',
      '',
      'Next, in another terminal:',
      await nextCommand(desk),
      '',
    ].join('\n'),
  )

  const stop = new Promise<void>((done) => {
    process.once('SIGINT', done)
    process.once('SIGTERM', done)
  })
  await Promise.race([stop, workers.done])
  printProgress('Stopping …')
  await ticker.stop()
  await web.close()
  await workers.stop().catch(() => {})
  relay.close()
  await parties.close()
  await catcher.close()
  await connection.close()
  await nativeConnection.close()
  await server.close()
  await database.close()
}

async function nextCommand(desk: Desk): Promise<string> {
  const program = await desk.database.kysely.selectFrom('program').select('program_id').limit(1).executeTakeFirst()
  return program === undefined
    ? '  npm run -s meterhall -- program start --plan mahomet --boundary examples/mahomet/village-list/boundary.csv --default-rates examples/mahomet/default-rates.json'
    : '  npm run -s meterhall -- status'
}

/** Payloads hold ids only and are encrypted all the same; the key stays with the state. */
function keptKey(path: string): string {
  if (!existsSync(path)) writeFileSync(path, newPayloadKey('embedded-1'), { mode: 0o600 })
  return readFileSync(path, 'utf8').trim()
}
