/**
 * Who is asking: a bearer token (the command line, other programs) or a session cookie (the console).
 *
 * The cookie is sent by this site's own pages only (SameSite=Strict), and every request that changes something must be JSON, which
 * no other site can send unasked.
 */
import { Hono, type MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import { addMillis, type Instant } from '../domain/instant.js'
import type { Database } from '../persistence/database.js'
import { inBatches } from '../persistence/in-batches.js'
import {
  issueToken,
  type Operator,
  operatorByPassword,
  operatorsByTokens,
  revokeToken,
  type ShownToken,
} from '../persistence/ledger/operators.js'
import { denial, deny } from './answers.js'
import { readJson } from './read-json.js'

export interface SignedIn {
  Variables: { operator: Operator }
}

export interface SignInOptions {
  readonly database: Database
  /** The machine's time. */
  now(): Instant
  /** A proxy with TLS stands in front: the cookie is sent over it only. */
  readonly behindTls: boolean
}

const COOKIE = 'meterhall_session'
/** A working day and the evening after it. */
const SESSION_MS = 12 * 3_600_000
/** Ten wrong passwords for a name, then five minutes of none: some 3,000 guesses a day at the most. */
const FAILURES_ALLOWED = 10
const FAILURES_WITHIN_MS = 5 * 60_000
/** Names that do not exist are counted too; beyond this many the oldest counts are dropped. */
const NAMES_COUNTED = 10_000

/** Looked up in one statement, when so many come at the same time. */
const TOKENS_AT_ONCE = 100

/** Lets only signed-in operators pass; `c.get('operator')` is who. */
export function requireOperator(options: SignInOptions): MiddlewareHandler<SignedIn> {
  // a look that began before a token was shown is not asked about it: one revoked since would still pass
  const lookUp = inBatches<ShownToken, Operator | undefined>(TOKENS_AT_ONCE, (shown) =>
    operatorsByTokens(options.database.kysely, shown, options.now()),
  )
  return async (c, next) => {
    const bearer = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    const session = getCookie(c, COOKIE)
    const operator =
      bearer !== undefined
        ? await lookUp({ secret: bearer, kind: 'token' })
        : session === undefined
          ? undefined
          : await lookUp({ secret: session, kind: 'session' })
    if (operator === undefined) {
      c.header('www-authenticate', 'Bearer')
      return deny(
        c,
        denial(401, 'NOT_SIGNED_IN', 'Nobody is signed in, or no longer; sign in again, or send a valid token.'),
      )
    }
    c.set('operator', operator)
    await next()
  }
}

const credentials = z.strictObject({ name: z.string().min(1).max(100), password: z.string().min(1).max(1_000) })

/** `POST /` signs in, `GET /` says who is, `DELETE /` signs out. */
export function sessionRoutes(options: SignInOptions): Hono<SignedIn> {
  const failures = countFailures(options.now)
  const routes = new Hono<SignedIn>()
  routes.post('/', async (c) => {
    const read = await readJson(c.req.raw, { schema: credentials, what: 'the sign-in', maxBytes: 4_096 })
    if (!read.ok) return deny(c, read.denial)
    const { name, password } = read.value
    if (failures.tooMany(name)) {
      return deny(c, denial(429, 'TOO_MANY_TRIES', 'Too many wrong passwords for this name; wait five minutes.'))
    }
    // counted before it is checked: many at once do not all pass as the first
    failures.add(name)
    const operator = await operatorByPassword(options.database.kysely, name, password)
    if (operator === undefined)
      return deny(c, denial(401, 'WRONG_PASSWORD', 'The name or the password is wrong; try again.'))
    failures.forget(name)
    const at = options.now()
    const secret = await issueToken(options.database.kysely, {
      operator: name,
      kind: 'session',
      at,
      expiresAt: addMillis(at, SESSION_MS),
    })
    setCookie(c, COOKIE, secret, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      secure: options.behindTls,
      maxAge: SESSION_MS / 1000,
    })
    return c.json({ value: operator })
  })
  routes.get('/', requireOperator(options), (c) => c.json({ value: c.get('operator') }))
  routes.delete('/', async (c) => {
    const session = getCookie(c, COOKIE)
    if (session !== undefined) await revokeToken(options.database.kysely, session)
    deleteCookie(c, COOKIE, { path: '/', secure: options.behindTls })
    return c.json({ value: null })
  })
  return routes
}

interface FailureCounts {
  tooMany(name: string): boolean
  add(name: string): void
  forget(name: string): void
}

function countFailures(now: () => Instant): FailureCounts {
  const counts = new Map<string, { failures: number; readonly until: number }>()
  const millis = () => Date.parse(now())
  const current = (name: string) => {
    const count = counts.get(name)
    return count !== undefined && count.until > millis() ? count : undefined
  }
  return {
    tooMany: (name) => (current(name)?.failures ?? 0) >= FAILURES_ALLOWED,
    add(name) {
      const count = current(name) ?? { failures: 0, until: millis() + FAILURES_WITHIN_MS }
      count.failures += 1
      counts.delete(name)
      counts.set(name, count)
      const [oldest] = counts.keys()
      if (counts.size > NAMES_COUNTED && oldest !== undefined) counts.delete(oldest)
    },
    forget: (name) => {
      counts.delete(name)
    },
  }
}
