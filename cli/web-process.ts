/** The web process of a production installation: verbs over HTTP, and the metrics of the ledger. */
import { randomBytes } from 'node:crypto'
import { Client, Connection } from '@temporalio/client'
import type { Desk } from '../client/desk.js'
import { instantFromMillis } from '../domain/instant.js'
import { openDatabase } from '../persistence/database.js'
import { addOperator, hashPassword, issueToken, OPERATOR_ROLES } from '../persistence/ledger/operators.js'
import { secretVariable } from '../persistence/secret-variable.js'
import { payloadDataConverter, payloadKeysFrom } from '../worker/payload-codec.js'
import { createMetrics } from '../worker/metrics.js'
import { createLogger } from '../worker/runtime-logger.js'
import { startWebServer } from '../web/server.js'
import { verbs } from '../web/verbs.js'
import { UsageError } from './output.js'

const PORT = 8080

export async function runWebProcess(environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const url = secretVariable('DATABASE_URL', environment)
  const address = environment['TEMPORAL_ADDRESS']
  if (url === undefined || address === undefined)
    throw new UsageError('DATABASE_URL and TEMPORAL_ADDRESS are needed; for a trial on one machine run: npm run up')
  const logger = createLogger({ level: 'info' })
  const database = await openDatabase({ kind: 'postgres', url })
  await database.migrate()
  // lazy: verbs that only touch the ledger go on while the workflow server is down
  const connection = Connection.lazy({ address })
  const temporal = new Client({
    connection,
    namespace: environment['TEMPORAL_NAMESPACE'] ?? 'default',
    dataConverter: payloadDataConverter(payloadKeysFrom(environment)),
  })
  const desk: Desk = { database, temporal, now: () => instantFromMillis(Date.now()), clock: 'timer' }
  const web = await startWebServer({
    port: Number(environment['PORT'] ?? PORT),
    host: environment['HOST'] ?? '127.0.0.1',
    behindTls: environment['BEHIND_TLS'] !== 'no',
    desk,
    verbs,
    logger,
    metrics: createMetrics(desk),
  })
  logger.info('the verbs are served')
  await new Promise<void>((done) => {
    process.once('SIGTERM', done)
    process.once('SIGINT', done)
  })
  await web.close()
  await connection.close()
  await database.close()
}

/** The first person of an installation, who can add the others; refused once anybody may sign in. Prints a token once. */
export async function firstOperator(name: string, environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const url = secretVariable('DATABASE_URL', environment)
  if (url === undefined)
    throw new UsageError('DATABASE_URL is needed: the first operator is written into the ledger itself.')
  const database = await openDatabase({ kind: 'postgres', url })
  try {
    await database.migrate()
    const at = instantFromMillis(Date.now())
    const anybody = await database.kysely.selectFrom('operator').select('name').limit(1).executeTakeFirst()
    if (anybody !== undefined)
      throw new UsageError('Somebody may sign in already; they add others with: meterhall user add')
    // nobody knows this password: the first person comes in by the token
    const passwordHash = await hashPassword(randomBytes(32).toString('base64'))
    await database.tx((trx) =>
      addOperator(
        trx,
        { verbId: `first-operator/${name}`, programId: '', actor: name, at },
        { name, roles: OPERATOR_ROLES, passwordHash },
      ),
    )
    const token = await issueToken(database.kysely, { operator: name, kind: 'token', at, expiresAt: null })
    process.stdout.write(`${name} may do everything. The token below is shown this once.\n  METERHALL_TOKEN=${token}\n`)
  } finally {
    await database.close()
  }
}
