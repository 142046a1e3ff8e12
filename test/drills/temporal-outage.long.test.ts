/** Fault class 3: the workflow server is down, frozen, started again. Replies are taken and read meanwhile; what was due is done late, once. */
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Case } from '../../client/case.js'
import type { Status } from '../../client/status.js'
import { type Instant, instant } from '../../domain/instant.js'
import { cycleId } from '../../domain/run-ids.js'
import { addOperator, hashPassword, issueToken, OPERATOR_ROLES } from '../../persistence/ledger/operators.js'
import { startWebServer, type WebServer } from '../../web/server.js'
import { verbs } from '../../web/verbs.js'
import { reportDrill } from './drill-report.js'
import { canDrill, type DrillServers, startDrillServers } from './drill-servers.js'
import { drillVillage } from './drill-village.js'
import { type DrillWorld, startDrillWorld } from './drill-world.js'
import { accountNumber } from '../support/large-village.js'

/** Both drops are certified; the replies of the first are in time until this very day. */
const BEFORE = instant('2027-02-08T12:00:00-06:00')
const IN_TIME = instant('2027-02-08T15:00:00-06:00')
const TOO_LATE = instant('2027-02-16T09:00:00-06:00')
/** Deadline and freeze are long past when the server is there again. */
const AFTERWARDS = instant('2027-02-19T12:00:00-06:00')
/** Of a decision; nobody waits longer than this and an answer's way. @unit ms */
const HEARD_WITHIN_MS = 2_000

const OUTAGES = ['down', 'frozen'] as const

describe.skipIf(!canDrill)('fault class 3: the workflow server', () => {
  let servers: DrillServers
  beforeAll(async () => {
    servers = await startDrillServers()
  }, 120_000)
  afterAll(() => servers.close())

  describe.each(OUTAGES)('is %s over the deadline and the freeze', (outage) => {
    let world: DrillWorld
    let web: WebServer
    let token: string
    /** Program time of the desk behind the verbs: people’s clocks go on while the server does not. */
    let now: Instant = BEFORE
    let asked = 0
    const began = performance.now()
    beforeAll(async () => {
      world = await startDrillWorld(servers, { village: drillVillage() })
      await world.openCycle()
      await world.people.queueFacts()
      await world.driver.run(BEFORE)
      const { database, temporal } = world.desk
      const desk = { database, temporal, now: () => now, clock: 'stepped' as const, heardWithinMs: HEARD_WITHIN_MS }
      web = await startWebServer({ port: 0, desk, verbs, logger: pino({ level: 'silent' }) })
      const setup = { verbId: `setup-${outage}`, programId: '', actor: 'setup', at: BEFORE }
      const passwordHash = await hashPassword('nobody comes in by this one')
      await database.tx((trx) => addOperator(trx, setup, { name: 'kay', roles: OPERATOR_ROLES, passwordHash }))
      token = await issueToken(database.kysely, { operator: 'kay', kind: 'token', at: BEFORE, expiresAt: null })
      await beginOutage()
    }, 240_000)
    afterAll(async () => {
      await web.close()
      await world.close()
    })

    async function beginOutage(): Promise<void> {
      if (outage === 'frozen') process.kill(servers.temporal.pid, 'SIGSTOP')
      else process.kill(servers.temporal.pid, 'SIGKILL')
    }
    async function endOutage(): Promise<void> {
      if (outage === 'frozen') process.kill(servers.temporal.pid, 'SIGCONT')
      else await servers.restartTemporal('in order')
    }
    async function ask<T>(verb: string, input: unknown, verbId = `outage-${outage}-${++asked}`) {
      const response = await fetch(`${web.url}/verbs/${verb}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ verbId, programId: world.programId, input }),
      })
      return {
        status: response.status,
        body: (await response.json()) as { value: T; error: { code: string; message: string } },
      }
    }
    const replyOf = (account: string, received: Instant) => ({ account, channel: 'phone', received })
    const [inTime, late] = [accountNumber(30), accountNumber(32)]

    test('replies are taken over HTTP, and read back as they stand', async () => {
      now = IN_TIME
      expect(await ask('receipt-add', replyOf(inTime, IN_TIME))).toMatchObject({
        status: 200,
        body: { value: { verdict: 'timely' } },
      })
      now = TOO_LATE
      expect(await ask('receipt-add', replyOf(late, TOO_LATE))).toMatchObject({
        status: 200,
        body: { value: { verdict: 'late' } },
      })
      const { body } = await ask<Case>('case', { account: inTime })
      expect(body.value).toMatchObject({ disposition: 'opted-out' })
      expect((await ask<Status>('status', {})).body.value.runs.map((run) => run.run)).toContain(
        cycleId(world.programId),
      )
      expect((await ask<{ balances: boolean }>('ledger', {})).body.value.balances).toBe(true)
      const ready = await fetch(`${web.url}/readyz`)
      expect([ready.status, await ready.json()]).toEqual([200, { ready: true, ledger: true, temporal: false }])
    })

    test('a decision ends in one sentence that says how to go on, and is taken once when it is asked again', async () => {
      const same = `outage-${outage}-decision`
      const first = await ask('bid-open', {}, same)
      expect(first.status).toBe(503)
      expect(first.body.error.code).toBe('RUNS_UNREACHABLE')
      expect(first.body.error.message).toMatch(/nothing is lost: send the same request with the same id again/)
      await endOutage()
      // the cycle is past its bids: the run itself says so, once it can be reached
      let again = await ask('bid-open', {}, same)
      while (again.status === 503) again = await ask('bid-open', {}, same)
      expect(again).toMatchObject({ status: 409, body: { error: { code: 'AWARDED_ALREADY' } } })
    })

    test('what was due meanwhile is done late and once, and judged by the hours at which it was received', async () => {
      await world.driver.run(AFTERWARDS)
      const db = world.database.kysely
      const events = await db.selectFrom('event').selectAll().where('program_id', '=', world.programId).execute()
      const times = (kind: string) => events.filter((event) => event.kind === kind).length
      expect([times('window-closed'), times('roster-frozen')]).toEqual([2, 1])
      const state = async (account: string) =>
        (
          await db
            .selectFrom('account')
            .select('state')
            .where('program_id', '=', world.programId)
            .where('account_number', '=', account)
            .executeTakeFirstOrThrow()
        ).state
      expect(await state(inTime)).toBe('opted-out')
      expect(['submitted', 'accepted']).toContain(await state(late))
      const busy = await db
        .selectFrom('run')
        .select('busy')
        .where('program_id', '=', world.programId)
        .where('busy', '=', true)
        .execute()
      expect(busy).toEqual([])
      await world.driver.run()
      expect(await state(late)).toBe('in-service')
      expect(await state(inTime)).toBe('opted-out')
      reportDrill({
        drill: `workflow server ${outage}`,
        kills: 1,
        seconds: Math.round((performance.now() - began) / 1000),
        decisions: world.decisions,
      })
    })
  })
})
