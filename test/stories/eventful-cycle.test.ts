/**
 * One cycle in which everything happens that a run knows a step for: a reminder, bids rejected and expired, corrected evidence, a notice
 * re-mailed late, a stop, an undo, a silent utility. The server asks runs to begin a new history after a few events.
 *
 * METERHALL_KEEP_HISTORIES=<release> keeps the histories in test/replay/histories (docs/testing.md).
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ActivityContext } from '../../activities/context.js'
import { createComputeActivities } from '../../activities/compute.js'
import { createLedgerActivities } from '../../activities/ledger.js'
import { createSendActivities } from '../../activities/send.js'
import { approveNotice, award, openBids, planDrops, proveNotice, signList } from '../../client/decisions.js'
import { type Conservation, conservationOf } from '../../client/conservation.js'
import type { Asking } from '../../client/desk.js'
import { addBid, addEvidence, addReceipt, addReturn, planReMail, stop } from '../../client/facts.js'
import { startProgram } from '../../client/start-program.js'
import { supplierIdOf } from '../../cli/rehearsal/stage.js'
import { civilDate } from '../../domain/civil-date.js'
import { atLocalTime, type Instant } from '../../domain/instant.js'
import { INITIAL_COHORT } from '../../domain/run-ids.js'
import { workflowBundle } from '../../worker/workflow-bundle.js'
import { aBid, granted } from '../persistence/ledger/phases.js'
import { accountNumber, largeVillage } from '../support/large-village.js'
import { activitiesIn, historiesOf, type RunHistory } from '../support/run-histories.js'
import {
  setUpSteppedCycle,
  startSteppedServer,
  type SteppedCycle,
  type SteppedServer,
} from '../support/stepped-cycle.js'
import { temporalForTests } from '../support/temporal.js'

const executable = await temporalForTests('cli')
const ACCOUNTS = 30
const VILLAGE = largeVillage(ACCOUNTS)
/** The server suggests a new history from so many events on. */
const SUGGESTED_AFTER = 60
/** @unit ms */
const LIMIT = 400_000
const BOUNCED = accountNumber(2)
const LATE_CARD = accountNumber(4)
const SILENT_FILES = 1

/** Every activity that a worker offers. */
const OFFERED = [createLedgerActivities, createComputeActivities, createSendActivities].flatMap((create) =>
  Object.keys(create({} as ActivityContext)),
)

async function everythingHappens(cycle: SteppedCycle): Promise<void> {
  const { stage, driver, programId, terms } = cycle
  const { desk } = stage
  const { kysely } = stage.database
  const { script, boundary, lists } = VILLAGE
  const at = (day: string, time = '10:00'): Instant => atLocalTime(terms.zone, civilDate(day), time)
  let verbs = 0
  const by = (actor: string): Asking => ({ programId, actor, verbId: `eventful/${++verbs}` })
  const { on, ...rates } = script.defaultRates
  const program = { terms, boundary, rehearsal: true, clock: stage.clock.mode, offsetMs: stage.clock.offsetMs }
  const defaultRates = { on, rates, source: 'made up' }
  granted(await startProgram(desk, by('clerk'), { ...program, readDates: script.readDates, defaultRates }))
  await driver.settle()

  // the utility has to be reminded
  await driver.run(at('2027-01-27'))
  const request = stage.mail.messages()[0]?.attachments[0]?.content ?? null
  stage.utility.answerDataRequest({ at: driver.now, pdf: request, lists })
  await driver.settle()
  for (const person of ['clerk', 'consultant']) granted(await signList(desk, by(person)))
  await driver.settle()

  // the board rejects all, lets a price lock expire, and awards
  const openRound = async (): Promise<void> => {
    granted(await addBid(desk, by('supplier'), aBid('Prairie Wind', { supplierId: supplierIdOf(0) })))
    granted(await openBids(desk, by('clerk')))
    await driver.settle()
  }
  await openRound()
  granted(await award(desk, by('board'), null))
  await driver.settle()
  await openRound()
  await driver.run(at('2027-01-29'))
  await openRound()
  granted(await award(desk, by('board'), 'Prairie Wind'))
  await driver.settle()

  const mailedOn = civilDate('2027-02-10')
  granted(await planDrops(desk, by('clerk'), [{ plannedOn: mailedOn, selection: null }]))
  granted(await proveNotice(desk, by('clerk')))
  granted(await approveNotice(desk, by('board')))
  stage.mailHouse.scriptEvidence({ drop: `${INITIAL_COHORT}-1`, on: mailedOn })
  await driver.settle()
  await driver.run(at('2027-02-12'))

  // the post office's form said another day
  const [drop] = await kysely.selectFrom('mailing_drop').select('pieces').execute()
  const evidence = {
    cohort: INITIAL_COHORT,
    dropNo: 1,
    on: civilDate('2027-02-11'),
    pieces: drop?.pieces ?? 0,
    form: 'corrected',
  }
  granted(await addEvidence(desk, by('clerk'), evidence))
  await driver.settle()

  // a notice comes back, and is mailed again so late that its household goes on by itself
  const bounced = await kysely
    .selectFrom('piece')
    .innerJoin('account', 'account.account_id', 'piece.account_id')
    .select(['piece.letter_code', 'account.account_id'])
    .where('account.account_number', '=', BOUNCED)
    .executeTakeFirstOrThrow()
  await driver.run(at('2027-02-17'))
  granted(await addReturn(desk, by('clerk'), bounced.letter_code, civilDate('2027-02-17')))
  await driver.settle()
  await driver.run(at('2027-02-24'))
  const again = civilDate('2027-02-25')
  const reMail = granted(await planReMail(desk, by('clerk'), [bounced.account_id], again))
  await driver.settle()
  await driver.run(at('2027-02-26'))
  const reMailed = { cohort: reMail.cohort, dropNo: reMail.dropNo, on: again, pieces: 1, form: 'PS Form 3665' }
  granted(await addEvidence(desk, by('clerk'), reMailed))
  await driver.settle()

  // nothing may leave to the utility on the day of the freeze
  await driver.run(at('2027-03-08'))
  granted(await stop(desk, by('clerk'), 'utility', true, 'the utility changes its file server'))
  await driver.run(at('2027-03-10'))
  granted(await stop(desk, by('clerk'), 'utility', false, 'the new file server is confirmed'))
  await driver.settle()

  // a card in time that comes when its household is enrolled already
  await driver.run(at('2027-03-12'))
  const card = {
    account: LATE_CARD,
    channel: 'card' as const,
    postmark: civilDate('2027-03-01'),
    received: driver.now,
    signed: true,
  }
  granted(await addReceipt(desk, by('clerk'), card))
  await driver.settle()
  await driver.run()
}

describe.skipIf(executable === undefined)('a cycle in which everything happens', () => {
  let server: SteppedServer
  let histories: readonly RunHistory[]
  let conservation: Conservation
  let kinds: ReadonlySet<string>

  beforeAll(async () => {
    server = await startSteppedServer(executable ?? '', { 'limit.historyCount.suggestContinueAsNew': SUGGESTED_AFTER })
    let lost = 0
    const cycle = await setUpSteppedCycle(server, VILLAGE, {
      answersOfUtility: (answers) => answers.filter((answer) => answer.directory !== 'inbox' || lost++ >= SILENT_FILES),
    })
    try {
      await everythingHappens(cycle)
      const { database, client } = cycle.stage
      histories = await historiesOf(client, database, cycle.programId)
      const listed = new Set(Array.from({ length: ACCOUNTS }, (_, index) => accountNumber(index + 1)))
      conservation = await conservationOf(database.kysely, cycle.programId, listed)
      kinds = new Set((await database.kysely.selectFrom('event').select('kind').execute()).map((event) => event.kind))
    } finally {
      await cycle.close()
    }
    const release = process.env['METERHALL_KEEP_HISTORIES']
    if (release !== undefined) keep(release, histories)
  }, LIMIT)
  afterAll(() => server.close())

  test('every account ends in one disposition', () => {
    expect(conservation).toMatchObject({ listed: ACCOUNTS, balances: true })
    expect(conservation.dispositions.enrolled).toBeGreaterThan(ACCOUNTS / 2)
  })

  test('everything happened', () => {
    const happened = ['data-request-reminded', 'bids-rejected', 'price-lock-expired', 'deadline-changed', 're-mailed']
    expect([...kinds]).toEqual(expect.arrayContaining(happened))
    expect(OFFERED.filter((name) => !activitiesIn(histories).has(name))).toEqual([])
  })

  test('a cohort goes on in a new history when the server asks, and loses nothing', () => {
    const initial = histories.filter((history) => history.workflowId.endsWith(`/${INITIAL_COHORT}`))
    expect(initial.length).toBeGreaterThan(2)
    for (const run of initial.slice(0, -1))
      expect(run.events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes).toBeTruthy()
  })

  test('every run replays', { timeout: LIMIT }, async () => {
    const runs = histories.map(({ workflowId, events }) => ({ workflowId, history: { events: [...events] } }))
    const failed: string[] = []
    for await (const { workflowId, error } of Worker.runReplayHistories(
      { workflowBundle: await workflowBundle() },
      runs,
    ))
      if (error !== undefined) failed.push(`${workflowId}: ${error.message}`)
    expect(failed).toEqual([])
  })
})

/** One file per run of the cycle and its cohorts, and one of an inbox run; nothing that is kept is replaced. */
function keep(release: string, runs: readonly RunHistory[]): void {
  const folder = join(import.meta.dirname, '..', 'replay', 'histories', release)
  mkdirSync(folder, { recursive: true })
  const inbox = runs.find((run) => run.workflowId.startsWith('inbox/'))
  const others = runs.filter((run) => !run.workflowId.startsWith('inbox/'))
  for (const [index, { workflowId, events }] of [...others, ...(inbox === undefined ? [] : [inbox])].entries()) {
    const name = `${String(index + 1).padStart(2, '0')}-${workflowId.split('/')[0]}-${workflowId.split('/').at(-1)?.slice(0, 12)}.json`
    writeFileSync(join(folder, name), historyToJSON({ events: [...events] }), { flag: 'wx' })
  }
}
