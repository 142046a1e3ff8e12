/**
 * Two worker processes on one ledger and one workflow server, and two people at every decision: everything happens once. The same
 * cycle with one worker says what everything is.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AccountLine, accountTable } from '../../client/account-table.js'
import { approveNotice, award, openBids, planDrops, proveNotice, signList } from '../../client/decisions.js'
import type { Asking } from '../../client/desk.js'
import { addBid } from '../../client/facts.js'
import { startProgram } from '../../client/start-program.js'
import { supplierIdOf } from '../../cli/rehearsal/stage.js'
import type { Outcome } from '../../domain/refusal.js'
import { INITIAL_COHORT } from '../../domain/run-ids.js'
import { aBid, granted } from '../persistence/ledger/phases.js'
import { largeVillage } from '../support/large-village.js'
import { findPostgres, type ScratchPostgres, startScratchPostgres } from '../support/postgres.js'
import { historiesOf, type RunHistory } from '../support/run-histories.js'
import {
  setUpSteppedCycle,
  startSteppedServer,
  type SteppedCycle,
  type SteppedServer,
} from '../support/stepped-cycle.js'
import { temporalForTests } from '../support/temporal.js'
import { workerProcesses } from '../support/worker-processes.js'

const executable = await temporalForTests('cli')
const postgres = findPostgres()
if ('missing' in postgres) process.stderr.write(`skipped: two workers on one ledger: ${postgres.missing}\n`)
const VILLAGE = largeVillage(60)
const WORKERS = 2
const SUPPLIERS = ['Prairie Wind', 'River Power'] as const
/** @unit ms */
const LIMIT = 400_000

/** What each got: `done`, or the code of the refusal. */
function answersOf(outcomes: readonly Outcome<unknown>[]): readonly string[] {
  return outcomes.map((outcome) => (outcome.ok ? 'done' : outcome.refusal.code)).sort()
}

type Races = Readonly<Record<'sameSigner' | 'lastSignature' | 'opening' | 'award' | 'approval', readonly string[]>>

/** From the data request to the approved letter, with two people at each decision. */
async function openWithTwoPeople(cycle: SteppedCycle): Promise<Races> {
  const { stage, driver, programId } = cycle
  const { desk } = stage
  const { script, boundary, lists } = VILLAGE
  let verbs = 0
  const by = (actor: string): Asking => ({ programId, actor, verbId: `two/${programId}/${++verbs}` })
  const { on, ...rates } = script.defaultRates
  granted(
    await startProgram(desk, by('clerk'), {
      terms: cycle.terms,
      boundary,
      rehearsal: true,
      clock: stage.clock.mode,
      offsetMs: stage.clock.offsetMs,
      readDates: script.readDates,
      defaultRates: { on, rates, source: 'made up' },
    }),
  )
  await driver.settle()
  stage.utility.answerDataRequest({
    at: driver.now,
    pdf: stage.mail.messages().at(-1)?.attachments[0]?.content ?? null,
    lists,
  })
  await driver.settle()
  const sameSigner = answersOf(await Promise.all([by('clerk'), by('clerk')].map((asking) => signList(desk, asking))))
  const lastSignature = answersOf(
    await Promise.all([by('consultant'), by('president')].map((asking) => signList(desk, asking))),
  )
  await driver.settle()
  for (const [index, supplier] of SUPPLIERS.entries())
    granted(await addBid(desk, by(supplier), aBid(supplier, { supplierId: supplierIdOf(index) })))
  const twice = by('clerk')
  const opened = await Promise.all([twice, twice, by('consultant')].map((asking) => openBids(desk, asking)))
  expect(opened[1], 'the same click twice gets the same answer').toEqual(opened[0])
  await driver.settle()
  const awarded = answersOf(
    await Promise.all(SUPPLIERS.map((supplier) => award(desk, by(`for ${supplier}`), supplier))),
  )
  await driver.settle()
  const mailedOn = script.drops[1]?.evidenceDate
  if (mailedOn === undefined) throw new Error('the village mails on a day')
  granted(await planDrops(desk, by('clerk'), [{ plannedOn: mailedOn, selection: null }]))
  granted(await proveNotice(desk, by('clerk')))
  const approval = answersOf(
    await Promise.all([by('president'), by('trustee')].map((asking) => approveNotice(desk, asking))),
  )
  stage.mailHouse.scriptEvidence({ drop: `${INITIAL_COHORT}-1`, on: mailedOn })
  await driver.settle()
  return { sameSigner, lastSignature, opening: answersOf(opened.slice(1)), award: awarded, approval }
}

interface Ended {
  readonly races: Races
  readonly table: readonly AccountLine[]
  readonly journal: readonly string[]
  readonly sendings: readonly string[]
  /** Names under which a party got a file, as often as it did. */
  readonly arrivals: readonly string[]
  readonly messageIds: readonly string[]
  readonly histories: readonly RunHistory[]
  readonly notes: readonly string[]
}

describe.skipIf(executable === undefined || 'missing' in postgres)('two workers and two people', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meterhall-two-workers-'))
  let database: ScratchPostgres
  let alone: Ended
  let together: Ended
  let logs: readonly string[]

  async function wholeCycle(
    server: SteppedServer,
    url: string,
    processes?: ReturnType<typeof workerProcesses>,
  ): Promise<Ended> {
    const cycle = await setUpSteppedCycle(server, VILLAGE, {
      ledger: { kind: 'postgres', url },
      ...(processes === undefined ? {} : { workers: processes.start, onTime: processes.tellTime }),
    })
    try {
      const { stage, driver, people, programId } = cycle
      const arrivals: string[] = []
      stage.sftp.onFileRenamed((party, _from, to) => arrivals.push(`${party} ${to}`))
      const races = await openWithTwoPeople(cycle)
      await people.queueFacts()
      await driver.run()
      const { kysely } = stage.database
      const table: AccountLine[] = []
      for await (const line of accountTable(kysely, programId)) table.push(line)
      const events = await kysely
        .selectFrom('event')
        .leftJoin('account', 'account.account_id', 'event.account_id')
        .select(['event.kind', 'event.recorded_at', 'event.effective', 'account.account_number'])
        .execute()
      const sendings = await kysely.selectFrom('sending').select(['party', 'kind', 'subject', 'state']).execute()
      const histories = await historiesOf(stage.client, stage.database, programId)
      return {
        races,
        table,
        journal: events.map((event) => Object.values(event).join(' ')).sort(),
        sendings: sendings.map((sending) => Object.values(sending).join(' ')).sort(),
        arrivals: arrivals.sort(),
        messageIds: stage.mail.messages().map((message) => message.messageId),
        histories,
        notes: people.notes,
      }
    } finally {
      await cycle.close()
      await server.close()
    }
  }

  beforeAll(async () => {
    if ('missing' in postgres) return
    database = await startScratchPostgres(postgres.bin)
    alone = await wholeCycle(await startSteppedServer(executable ?? ''), await database.createDatabase())
    const databaseUrl = await database.createDatabase()
    const server = await startSteppedServer(executable ?? '')
    const processes = workerProcesses({ count: WORKERS, folder, databaseUrl, temporalAddress: server.address })
    together = await wholeCycle(server, databaseUrl, processes)
    logs = Array.from({ length: WORKERS }, (_, index) => processes.logOf(index))
  }, LIMIT)
  afterAll(async () => {
    await database?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test.each([
    ['with one worker', () => alone],
    ['with two', () => together],
  ])('of two people on one decision one is heard and the other told why not, %s', (_how, ended) => {
    expect(ended().races).toEqual({
      sameSigner: ['SIGNED_BY_YOU', 'done'],
      lastSignature: ['LIST_ALREADY_SIGNED', 'done'],
      opening: ['BIDS_OPENED', 'done'],
      award: ['AWARDED_ALREADY', 'done'],
      approval: ['NOTICE_APPROVED', 'done'],
    })
  })

  test('both workers did their part', () => {
    const takers = together.histories
      .flatMap((history) => history.events)
      .flatMap((event) => event.activityTaskStartedEventAttributes?.identity ?? [])
    expect(new Set(takers).size).toBe(WORKERS)
  })

  test('every account ends where it would have', () => {
    expect(together.notes).toEqual(alone.notes)
    expect(together.table).toEqual(alone.table)
    expect(together.table.filter((line) => line.disposition === 'enrolled').length).toBeGreaterThan(
      VILLAGE.accounts / 2,
    )
  })

  test('every entry of the journal is there once, at its time', () => {
    expect(together.journal).toEqual(alone.journal)
  })

  test('every sending left once', () => {
    expect(together.sendings).toEqual(alone.sendings)
    expect(together.sendings.every((sending) => sending.endsWith('accepted'))).toBe(true)
    expect(new Set(together.arrivals).size).toBe(together.arrivals.length)
    expect(together.arrivals.length).toBe(alone.arrivals.length)
    expect(new Set(together.messageIds).size).toBe(together.messageIds.length)
    expect(together.messageIds.length).toBe(alone.messageIds.length)
  })

  test('every inbound file is applied by one run, and neither ticker stumbles over the other', () => {
    const inbox = (ended: Ended) =>
      ended.histories.filter(
        (history) => history.events[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name === 'utilityInbox',
      )
    expect(inbox(together).length).toBe(inbox(alone).length)
    expect(logs.flatMap((log) => log.split('\n').filter((line) => line.includes('"ticker":true')))).toEqual([])
  })
})
