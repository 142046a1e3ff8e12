/** A server with one made-up verb, on a ledger in memory. */
import type { Client } from '@temporalio/client'
import { pino } from 'pino'
import { z } from 'zod'
import { type Asking, type Desk, verbOf } from '../../client/desk.js'
import { type Instant, instant } from '../../domain/instant.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import { type Database, openDatabase } from '../../persistence/database.js'
import { addOperator, hashPassword, issueToken } from '../../persistence/ledger/operators.js'
import { once } from '../../persistence/ledger/verbs.js'
import type { NewRow, OperatorRole } from '../../persistence/tables.js'
import { createApp, type WebOptions } from '../../web/app.js'
import type { VerbTable } from '../../web/verb-table.js'
import { webVerb } from '../../web/verb-table.js'

export const NOW = instant('2027-03-10T18:00:00Z')
export const PASSWORD = 'a long enough pass phrase'

export interface WebFixture {
  readonly database: Database
  readonly app: ReturnType<typeof createApp>
  readonly options: WebOptions
  /** Notes that the verb really kept. */
  readonly kept: string[]
  /** Lines of the log. */
  readonly log: string[]
  /** The machine's clock. */
  at: Instant
  /** Thrown by the next call of the verb `note`. */
  failNext: Error | undefined
  /** Lets the next call of `note` hang until the function given back is called. */
  hold(): () => void
  addOperator(name: string, roles: readonly OperatorRole[]): Promise<void>
  token(operator: string): Promise<string>
  /** POST /verbs/<name>, as the operator of the token. */
  ask(token: string, name: string, body: unknown): Promise<{ status: number; body: unknown }>
  close(): Promise<void>
}

export async function startWebFixture(overrides: Partial<WebOptions> = {}): Promise<WebFixture> {
  const database = await openDatabase({ kind: 'memory' })
  await database.migrate()
  const program = { program_id: 'mahomet', plan_id: 'mahomet', plan_version: '2027-01-01', terms: '{}', boundary: '' }
  await database.kysely
    .insertInto('program')
    .values({ ...program, rehearsal: true, clock: 'stepped', offset_ms: 0, started_at: NOW } as NewRow<'program'>)
    .execute()
  const temporal = { connection: { workflowService: { getSystemInfo: async () => ({}) } } } as unknown as Client
  const desk: Desk = { database, temporal, now: () => NOW, clock: 'stepped' }
  const passwordHash = await hashPassword(PASSWORD)
  const kept: string[] = []
  const log: string[] = []
  let held: Promise<void> | undefined
  const note = async (by: Desk, asking: Asking, input: { text: string }): Promise<Outcome<unknown>> => {
    const error = fixture.failNext
    fixture.failNext = undefined
    if (error !== undefined) throw error
    const released = held
    held = undefined
    await released
    return by.database.tx((trx) =>
      once(trx, verbOf(by, asking), 'note', async () => {
        if (input.text === 'too early') return refused('NO_AWARD', 'Notes come after the award.', 'Mahomet, E.3')
        kept.push(`${asking.actor}: ${input.text}`)
        return accepted({ notes: kept.length })
      }),
    )
  }
  const verbs: VerbTable = {
    note: webVerb({
      roles: ['clerk', 'village'],
      scope: 'program',
      input: z.strictObject({ text: z.string() }),
      maxBytes: 10_000,
      run: note,
    }),
  }
  const logger = pino({ level: 'info' }, { write: (line: string) => log.push(line) })
  const options: WebOptions = { desk, verbs, logger, now: () => fixture.at, ...overrides }
  const app = createApp(options)
  let operators = 0
  const fixture: WebFixture = {
    database,
    app,
    options,
    kept,
    log,
    at: NOW,
    failNext: undefined,
    hold() {
      let release = () => {}
      held = new Promise((released) => {
        release = released
      })
      return release
    },
    async addOperator(name, roles) {
      const verb = { verbId: `operator-${++operators}`, programId: '', actor: 'setup', at: NOW }
      await database.tx((trx) => addOperator(trx, verb, { name, roles, passwordHash }))
    },
    token: (operator) => issueToken(database.kysely, { operator, kind: 'token', at: NOW, expiresAt: null }),
    async ask(token, name, body) {
      const response = await app.request(`/verbs/${name}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
      return { status: response.status, body: await response.json() }
    },
    close: () => database.close(),
  }
  return fixture
}
