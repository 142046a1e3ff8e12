/** Architecture §3: cost grows with batches, never with accounts. Counted, so that it is exact on any machine. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { INITIAL_COHORT } from '../../../domain/run-ids.js'
import { type Database, openDatabase } from '../../../persistence/database.js'
import { applyEvidence } from '../../../persistence/ledger/apply-evidence.js'
import { CHUNK_ACCOUNTS, type Progress } from '../../../persistence/ledger/chunks.js'
import { createInitialCohort } from '../../../persistence/ledger/cohorts.js'
import { addBid, decideAward, openBids } from '../../../persistence/ledger/bids.js'
import { applyAcceptances } from '../../../persistence/ledger/enrollment-answers.js'
import { approveNotice, planDrops } from '../../../persistence/ledger/notices.js'
import { planInterchanges } from '../../../persistence/ledger/plan-interchanges.js'
import { closeRescissionWindows } from '../../../persistence/ledger/rescissions.js'
import { writeReviewedList } from '../../../persistence/ledger/reviewed-list.js'
import { freezeRoster } from '../../../persistence/ledger/roster.js'
import { applyActualStarts } from '../../../persistence/ledger/service-starts.js'
import { countingDatabase } from '../../support/counted-database.js'
import {
  aBid,
  DAYS,
  enterEvidence,
  freeze,
  granted,
  issueRfp,
  listAndSign,
  mailed,
  printAll,
  proveNotice,
  receiveList,
  requestsOf,
  startVillage,
  submit,
} from './phases.js'
import { anAccount, central, day, occasion, reviewed, verb, type Village } from './village.js'

/** Counts one step over a village that stands right before it. */
interface Step {
  readonly name: string
  /** Carries the village to the step. */
  before(village: Village): Promise<void>
  carryOut(village: Village, database: Database, progress: Progress): Promise<void>
}

const ONE_DROP = [{ plannedOn: DAYS.secondMailing, selection: null }]

async function toAward(village: Village): Promise<void> {
  await listAndSign(village)
  await issueRfp(village)
  const { bidId } = granted(
    await village.database.tx((trx) => addBid(trx, verb(village, DAYS.start), aBid('Prairie Wind'), village.terms)),
  )
  granted(await village.database.tx((trx) => openBids(trx, verb(village, DAYS.start), village.terms)))
  granted(
    await village.database.tx((trx) => decideAward(trx, verb(village, DAYS.start, 'board'), bidId, village.terms)),
  )
}

const asCohort = (village: Village, database: Database, progress: Progress) =>
  createInitialCohort(database, occasion(village, DAYS.start), ['DS-1'], 'R-008', progress)
const asDrops = async (village: Village, database: Database, progress: Progress) => {
  const planned = planDrops(database, verb(village, DAYS.approval), INITIAL_COHORT, ONE_DROP, village.terms, progress)
  granted(await planned)
}

async function toNotice(village: Village): Promise<void> {
  await toAward(village)
  await asCohort(village, village.database, () => {})
}

async function toEvidence(village: Village): Promise<void> {
  await toNotice(village)
  await asDrops(village, village.database, () => {})
  await proveNotice(village)
  granted(
    await village.database.tx((trx) =>
      approveNotice(trx, verb(village, DAYS.approval, 'president'), INITIAL_COHORT, village.terms),
    ),
  )
  await printAll(village)
}

async function toRoster(village: Village): Promise<void> {
  await toEvidence(village)
  await mailed(village, 1, DAYS.secondMailing)
}

async function toAnswers(village: Village): Promise<void> {
  await toRoster(village)
  await freeze(village)
  await submit(village)
}

/** As a file of the utility is applied: a chunk of its transactions in one transaction of ours. */
async function accept(village: Village, database: Database): Promise<void> {
  const requests = await requestsOf(village)
  for (let from = 0; from < requests.length; from += CHUNK_ACCOUNTS) {
    const answers = requests
      .slice(from, from + CHUNK_ACCOUNTS)
      .map(({ lin01, read_on }) => ({ lin01, processedOn: day('2027-03-24'), placeholderOn: read_on }))
    await database.tx((trx) => applyAcceptances(trx, occasion(village, DAYS.answers), answers, village.terms))
  }
}

const STEPS: readonly Step[] = [
  {
    name: 'the reviewed list is written',
    before: async () => {},
    async carryOut(village, database, progress) {
      const listId = await receiveList(village)
      const list = reviewed(village.accounts)
      await writeReviewedList(database, occasion(village, DAYS.start), listId, list, village.terms, progress)
    },
  },
  { name: 'the cohort is made', before: toAward, carryOut: asCohort },
  { name: 'the drops are planned', before: toNotice, carryOut: asDrops },
  {
    name: 'the evidence is applied',
    async before(village) {
      await toEvidence(village)
      granted(await enterEvidence(village, 1, DAYS.secondMailing))
    },
    carryOut: (village, database, progress) =>
      applyEvidence(database, occasion(village, DAYS.evidence), INITIAL_COHORT, village.terms, progress),
  },
  {
    name: 'the roster is frozen',
    before: toRoster,
    carryOut: (village, database, progress) =>
      freezeRoster(database, occasion(village, DAYS.freeze), INITIAL_COHORT, village.terms, progress),
  },
  {
    name: 'the requests are put into files',
    async before(village) {
      await toRoster(village)
      await freeze(village)
    },
    carryOut: (village, database) =>
      planInterchanges(database, occasion(village, DAYS.freeze), INITIAL_COHORT, village.terms),
  },
  { name: 'the acceptances are applied', before: toAnswers, carryOut: accept },
  {
    name: 'the rescission window is closed',
    async before(village) {
      await toAnswers(village)
      await accept(village, village.database)
    },
    carryOut: (village, database) =>
      closeRescissionWindows(database, occasion(village, central('2027-04-30')), INITIAL_COHORT, village.terms),
  },
  {
    name: 'the actual starts are applied',
    async before(village) {
      await toAnswers(village)
      await accept(village, village.database)
    },
    async carryOut(village, database) {
      const starts = village.accounts.map(({ accountNumber }) => ({
        accountNumber,
        servicePoint: null,
        on: day('2027-04-02'),
      }))
      for (let from = 0; from < starts.length; from += CHUNK_ACCOUNTS) {
        const chunk = starts.slice(from, from + CHUNK_ACCOUNTS)
        await database.tx((trx) =>
          applyActualStarts(trx, occasion(village, central('2027-04-05')), chunk, village.terms),
        )
      }
    },
  },
]

const FEW = 50
/** Two chunks, the second of a hundred. */
const MANY = CHUNK_ACCOUNTS + 100

const homes = (count: number) =>
  Array.from({ length: count }, (_, index) => anAccount({ number: `0004${String(index + 1).padStart(6, '0')}` }))

let database: Database
beforeAll(async () => {
  database = await openDatabase({ kind: 'memory' })
  await database.migrate()
})
afterAll(() => database.close())

async function counted(step: Step, accounts: number) {
  const village = await startVillage(database, { accounts: homes(accounts) })
  await step.before(village)
  const counting = countingDatabase(database)
  const progress: number[] = [0]
  await step.carryOut(village, counting.database, (done) => progress.push(done))
  const chunks = progress.slice(1).map((done, index) => done - (progress[index] ?? 0))
  return { ...counting.count(), largestChunk: Math.max(0, ...chunks) }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

describe.each(STEPS)('$name', (step) => {
  test('a whole chunk asks as many statements as a few accounts, and two chunks at most twice as many', async () => {
    const few = await counted(step, FEW)
    const chunk = await counted(step, CHUNK_ACCOUNTS)
    const many = await counted(step, MANY)
    expect({ ...chunk, largestChunk: 0 }).toEqual({ ...few, largestChunk: 0 })
    expect(many.outside).toBe(chunk.outside)
    expect(Math.max(...many.transactions)).toBe(Math.max(...chunk.transactions))
    expect(sum(many.transactions)).toBeLessThanOrEqual(2 * sum(chunk.transactions))
    expect(many.largestChunk).toBeLessThanOrEqual(CHUNK_ACCOUNTS)
  })
})
