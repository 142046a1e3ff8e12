/** The ledger's activities: each a transaction, or one per chunk, on what persistence/ledger/ knows. */
import { addMillis, dateIn, endOfDay } from '../domain/instant.js'
import { filingDue } from '../domain/filing-clock.js'
import { guardPrice } from '../domain/price-guard.js'
import { clauseOf } from '../domain/clause.js'
import { cohortId, cycleId } from '../domain/run-ids.js'
import { decideAward, endRound, openBids, presentRound, standingAward } from '../persistence/ledger/bids.js'
import { createInitialCohort } from '../persistence/ledger/cohorts.js'
import { readCohortAgenda } from '../persistence/ledger/cohort-agenda.js'
import { signList } from '../persistence/ledger/customer-lists.js'
import { readCycleAgenda } from '../persistence/ledger/cycle-agenda.js'
import { applyEvidence } from '../persistence/ledger/apply-evidence.js'
import { filingFacts } from '../persistence/ledger/filing-facts.js'
import { raiseFileAlarms } from '../persistence/ledger/interchanges.js'
import { planInterchanges } from '../persistence/ledger/plan-interchanges.js'
import { appendEvent, programEvents, type Trx } from '../persistence/ledger/journal.js'
import { approveNotice, planDrops } from '../persistence/ledger/notices.js'
import { defaultRatesOn, readProgram } from '../persistence/ledger/programs.js'
import { checkAgenda } from '../persistence/ledger/restores.js'
import { closeRescissionWindows } from '../persistence/ledger/rescissions.js'
import { closeWindows } from '../persistence/ledger/response-windows.js'
import { freezeRoster } from '../persistence/ledger/roster.js'
import { planSending } from '../persistence/ledger/sendings.js'
import { planUndos } from '../persistence/ledger/undos.js'
import type { Verb } from '../persistence/ledger/verbs.js'
import type { BulkActivities, Decision, LedgerActivities, ProgramCall } from '../workflows/ports.js'
import { type ActivityContext, systemOccasion } from './context.js'
import { afterChunk, faultPoint } from './fault-point.js'
import { applyInboundChunk } from './utility-inbox.js'

export function createLedgerActivities(context: ActivityContext): LedgerActivities & BulkActivities {
  const { database } = context
  const termsOf = async (call: ProgramCall) => (await readProgram(database.kysely, database, call.programId)).terms
  const verbOf = (call: ProgramCall & Decision): Verb => ({
    verbId: call.verbId,
    programId: call.programId,
    actor: call.actor,
    at: call.asOf,
  })
  /**
   * A reading of the agenda moves the run's turn and says what it waits for. An attempt that was held up, as by a database that was
   * away, must not say so after a later turn: it would pass for a run from a restored store.
   */
  const reading = <T>(read: (trx: Trx) => Promise<T>): Promise<T> =>
    database.tx(async (trx) => {
      const result = await read(trx)
      if (context.isLate()) throw new Error('this reading of the agenda came too late; another attempt was asked')
      return result
    })
  return {
    async cycleAgenda(call) {
      const terms = await termsOf(call)
      // in a transaction of its own: a restored ledger may lack what the agenda reads
      const run = { ...call, workflowId: cycleId(call.programId), kind: 'cycle' as const }
      const mark = await reading((trx) => checkAgenda(trx, run, call.asOf))
      const { due, nextDue, done } = await reading((trx) =>
        readCycleAgenda(trx, call.programId, call.phase, call.asOf, terms),
      )
      faultPoint('agenda.read')
      return { due, nextDue, done, mark }
    },
    async remindUtility(call) {
      const terms = await termsOf(call)
      await database.tx(async (trx) => {
        const reminder = (await programEvents(trx, call.programId, 'data-request-reminded')).length + 1
        const subject = `data-request-reminder/${reminder}`
        await planSending(trx, {
          programId: call.programId,
          party: 'mail',
          kind: 'data-request-reminder',
          subject,
          messageId: `${call.programId}/${subject}`,
        })
        await appendEvent(trx, systemOccasion(call), {
          kind: 'data-request-reminded',
          clause: clauseOf(terms.dataRequestReminder),
          data: { reminder },
        })
      })
    },
    async signList(call) {
      const terms = await termsOf(call)
      return database.tx((trx) => signList(trx, verbOf(call), call.listId, terms))
    },
    async openBids(call) {
      const terms = await termsOf(call)
      return database.tx((trx) => openBids(trx, verbOf(call), terms))
    },
    async decideAward(call) {
      const terms = await termsOf(call)
      return database.tx((trx) => decideAward(trx, verbOf(call), call.bidId, terms))
    },
    async expirePriceLock(call) {
      const terms = await termsOf(call)
      await database.tx(async (trx) => {
        if ((await standingAward(trx, call.programId)) !== null) return
        const round = await presentRound(trx, call.programId)
        await endRound(trx, systemOccasion(call), round, 'lock-expired')
        await appendEvent(trx, systemOccasion(call), {
          kind: 'price-lock-expired',
          clause: clauseOf(terms.award.mustBeBelowDefault),
          data: { day: dateIn(terms.zone, addMillis(call.asOf, -1)), round },
        })
      })
    },
    async noteFilingClock(call) {
      const terms = await termsOf(call)
      await database.tx(async (trx) => {
        const facts = await filingFacts(trx, call.programId, terms)
        const due = filingDue(facts, terms)
        if (due === null) return
        const dueAt = endOfDay(terms.zone, due)
        const item = await trx
          .selectFrom('work_item')
          .selectAll()
          .where('program_id', '=', call.programId)
          .where('kind', '=', 'commission-filing')
          .where('closed_at', 'is', null)
          .forUpdate()
          .executeTakeFirst()
        if (item === undefined) return
        const clause = clauseOf(terms.commissionFilingDays)
        if (item.due_at !== dueAt) {
          await trx.updateTable('work_item').set({ due_at: dueAt }).where('item_id', '=', item.item_id).execute()
          await appendEvent(trx, systemOccasion(call), {
            kind: 'commission-filing-due',
            clause,
            data: {
              due,
              why: facts.disclosuresSent === null ? 'the award is final and public' : 'the disclosures are sent',
            },
          })
          return
        }
        await trx.updateTable('work_item').set({ alarmed: true }).where('item_id', '=', item.item_id).execute()
        await appendEvent(trx, systemOccasion(call), {
          kind: 'program-alarm',
          clause,
          data: { what: `the commission filing was due ${due} and is not marked as made` },
        })
      })
    },
    async createCohort(call) {
      const terms = await termsOf(call)
      const award = await database.tx((trx) => standingAward(trx, call.programId))
      if (award === null) throw new Error('a cohort is created before the award')
      const defaults = await defaultRatesOn(database.kysely, call.programId, dateIn(terms.zone, award.decidedAt))
      const priced = guardPrice(award.bid.rates, defaults.rates, 'award', terms)
      await createInitialCohort(
        database,
        systemOccasion(call),
        priced.ok ? priced.value.priced : [],
        clauseOf(terms.award.mustBeBelowDefault),
        afterChunk('cohort.chunk', context.heartbeat),
      )
    },
    async cohortAgenda(call) {
      const terms = await termsOf(call)
      const run = { ...call, workflowId: cohortId(call.programId, call.cohort), kind: 'cohort' as const }
      const mark = await reading((trx) => checkAgenda(trx, run, call.asOf))
      const agenda = await reading((trx) => readCohortAgenda(trx, call.programId, call.cohort, call.asOf, terms))
      faultPoint('agenda.read')
      return { ...agenda, mark }
    },
    async planDrops(call) {
      return planDrops(
        database,
        verbOf(call),
        call.cohort,
        call.drops,
        await termsOf(call),
        afterChunk('drops.chunk', context.heartbeat),
      )
    },
    async approveNotice(call) {
      const terms = await termsOf(call)
      return database.tx((trx) => approveNotice(trx, verbOf(call), call.cohort, terms))
    },
    async applyEvidence(call) {
      await applyEvidence(
        database,
        systemOccasion(call),
        call.cohort,
        await termsOf(call),
        afterChunk('evidence.chunk', context.heartbeat),
      )
    },
    async closeWindows(call) {
      const terms = await termsOf(call)
      await database.tx((trx) => closeWindows(trx, systemOccasion(call), call.cohort, terms))
    },
    async freezeRoster(call) {
      await freezeRoster(
        database,
        systemOccasion(call),
        call.cohort,
        await termsOf(call),
        afterChunk('freeze.chunk', context.heartbeat),
      )
    },
    async markFollowUpStarted(call) {
      await database.tx((trx) =>
        trx
          .updateTable('cohort')
          .set({ started: true })
          .where('program_id', '=', call.programId)
          .where('cohort', '=', call.followUp)
          .execute(),
      )
    },
    async planUndos(call) {
      await planUndos(database, systemOccasion(call), call.cohort, await termsOf(call))
    },
    async planInterchanges(call) {
      await planInterchanges(database, systemOccasion(call), call.cohort, await termsOf(call))
    },
    async raiseAlarms(call) {
      const terms = await termsOf(call)
      await database.tx((trx) => raiseFileAlarms(trx, systemOccasion(call), call.cohort, terms))
    },
    async closeRescissionWindows(call) {
      await closeRescissionWindows(database, systemOccasion(call), call.cohort, await termsOf(call))
    },
    applyInboundChunk: (call) => applyInboundChunk(context, call),
  }
}
