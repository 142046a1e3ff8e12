/** The server's routes: `POST /verbs/<name>`, sign-in, health and metrics. */
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { sql } from 'kysely'
import { type Instant, instantFromMillis } from '../domain/instant.js'
import { denial, deny, trouble } from './answers.js'
import { requireOperator, type SignedIn, sessionRoutes } from './sign-in.js'
import { type VerbRouteOptions, verbRoute } from './verb-route.js'
import { within } from './within.js'

export interface WebOptions extends VerbRouteOptions {
  /** The page for Prometheus; without it there is none. Counts only, so that nobody has to sign in: a proxy must not publish it. */
  readonly metrics?: { readonly contentType: string; text(): Promise<string> }
  /** A proxy with TLS stands in front. */
  readonly behindTls?: boolean
  /** For sessions; the machine's clock when left out. */
  now?(): Instant
}

/** Longer than any answer of a living database, shorter than the patience of whoever looks. */
const PROBE_LIMIT_MS = 2_000

export function createApp(options: WebOptions): Hono<SignedIn> {
  const { desk, logger } = options
  const signIn = {
    database: desk.database,
    now: options.now ?? (() => instantFromMillis(Date.now())),
    behindTls: options.behindTls ?? false,
  }
  const app = new Hono<SignedIn>()
  app.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } }))
  app.use(async (c, next) => {
    await next()
    c.header('cache-control', 'no-store')
  })
  app.notFound((c) => deny(c, denial(404, 'NO_SUCH_PAGE', 'There is nothing under this address.')))
  app.onError((error, c) => {
    logger.error({ err: error, path: c.req.routePath }, 'a request failed')
    return deny(c, trouble(error))
  })

  app.get('/healthz', (c) => c.json({ ok: true }))
  app.get('/readyz', async (c) => {
    const [ledger, temporal] = await Promise.all([
      answers(sql`select 1`.execute(desk.database.kysely)),
      answers(desk.temporal.connection.workflowService.getSystemInfo({})),
    ])
    // intake and reading go on while Temporal is down
    return c.json({ ready: ledger, ledger, temporal }, ledger ? 200 : 503)
  })
  app.get('/metrics', async (c) => {
    if (options.metrics === undefined) return c.notFound()
    return c.body(await options.metrics.text(), 200, { 'content-type': options.metrics.contentType })
  })
  app.route('/session', sessionRoutes(signIn))
  app.post('/verbs/:name', requireOperator(signIn), verbRoute(options))
  return app
}

async function answers(probe: Promise<unknown>): Promise<boolean> {
  const answered = probe.then(
    () => true,
    () => false,
  )
  return (await within(answered, PROBE_LIMIT_MS)) ?? false
}
