/** The worker process of a production installation: task queues and ticker, with a health page for the container engine. */
import { createServer } from 'node:http'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import type { Desk } from '../client/desk.js'
import { type Instant, instantFromMillis } from '../domain/instant.js'
import { contextOf, installationFrom } from './installation.js'
import { payloadDataConverter, payloadKeysFrom } from './payload-codec.js'
import { releaseOf } from './releases.js'
import { startWorkers, type WorkerOptions } from './run-workers.js'
import { installRuntime } from './runtime-logger.js'
import { startTicker } from './ticker.js'
import { type WorkflowBundle, workflowBundle } from './workflow-bundle.js'

const HEALTH_PORT = 9464

/** What a drill sets otherwise; production sets nothing. */
export interface WorkerProcessOptions extends Pick<WorkerOptions, 'stickyTimeout'> {
  /** @unit ms */
  readonly heartbeatEvery?: number
  readonly now?: () => Instant
  readonly clock?: Desk['clock']
  readonly bundle?: WorkflowBundle
  /** @unit ms */
  readonly tickEvery?: number
}

/** Runs until it is told to stop; running activities finish first. */
export async function runWorkerProcess(
  environment: NodeJS.ProcessEnv = process.env,
  options: WorkerProcessOptions = {},
): Promise<void> {
  const {
    now = () => instantFromMillis(Date.now()),
    clock = 'timer',
    tickEvery,
    heartbeatEvery,
    stickyTimeout,
  } = options
  const metricsAddress = environment['METRICS_ADDRESS']
  const logger = installRuntime({
    level: 'info',
    ownSignals: true,
    ...(metricsAddress === undefined ? {} : { metricsAddress }),
  })
  const installation = await installationFrom(environment)
  await installation.database.migrate()
  const dataConverter = payloadDataConverter(payloadKeysFrom(environment))
  const address = installation.temporalAddress
  const [connection, nativeConnection] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ])
  const temporal = new Client({ connection, namespace: installation.temporalNamespace, dataConverter })
  const desk: Desk = { database: installation.database, temporal, now, clock }
  const bundle = options.bundle ?? (await workflowBundle())
  const workers = await startWorkers({
    connection: nativeConnection,
    namespace: installation.temporalNamespace,
    bundle,
    context: { ...contextOf(installation), ...(heartbeatEvery === undefined ? {} : { heartbeatEvery }) },
    dataConverter,
    ...(stickyTimeout === undefined ? {} : { stickyTimeout }),
  })
  const tell = (what: string): void => logger.warn({ ticker: true }, what)
  const ticker = startTicker(desk, installation.utility, installation.folder, tell, undefined, tickEvery)
  const health = createServer((_request, response) => response.end('ok\n')).listen(
    Number(environment['HEALTH_PORT'] ?? HEALTH_PORT),
  )
  logger.info({ release: releaseOf(bundle).buildId }, 'the worker polls its task queues')
  const stop = () => void workers.stop().catch(() => {})
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  try {
    await workers.done
  } finally {
    health.close()
    await ticker.stop()
    await connection.close()
    await nativeConnection.close()
    await installation.close()
  }
}
