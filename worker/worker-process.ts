/** The worker process of a production installation: task queues and ticker, with a health page for the container engine. */
import { createServer } from 'node:http'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import type { Desk } from '../client/desk.js'
import { instantFromMillis } from '../domain/instant.js'
import { contextOf, installationFrom } from './installation.js'
import { payloadDataConverter, payloadKeysFrom } from './payload-codec.js'
import { startWorkers } from './run-workers.js'
import { installRuntime } from './runtime-logger.js'
import { startTicker } from './ticker.js'
import { workflowBundle } from './workflow-bundle.js'

const HEALTH_PORT = 9464

/** Runs until it is told to stop; running activities finish first. */
export async function runWorkerProcess(environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const metricsAddress = environment['METRICS_ADDRESS']
  const logger = installRuntime({ level: 'info', ...(metricsAddress === undefined ? {} : { metricsAddress }) })
  const installation = await installationFrom(environment)
  await installation.database.migrate()
  const dataConverter = payloadDataConverter(payloadKeysFrom(environment))
  const address = installation.temporalAddress
  const [connection, nativeConnection] = await Promise.all([Connection.connect({ address }), NativeConnection.connect({ address })])
  const temporal = new Client({ connection, namespace: installation.temporalNamespace, dataConverter })
  const desk: Desk = { database: installation.database, temporal, now: () => instantFromMillis(Date.now()), clock: 'timer' }
  const workers = await startWorkers({
    connection: nativeConnection,
    namespace: installation.temporalNamespace,
    bundle: await workflowBundle(),
    context: contextOf(installation),
    dataConverter,
  })
  const ticker = startTicker(desk, installation.utility, installation.folder, (what) => logger.warn({ ticker: true }, what))
  const health = createServer((_request, response) => response.end('ok\n')).listen(Number(environment['HEALTH_PORT'] ?? HEALTH_PORT))
  logger.info('the worker polls its task queues')
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
