/** The filing with the commission: drafted after the award, with a work item that carries its clock. */
import { join } from 'node:path'
import { clauseOf } from '../domain/clause.js'
import type { CivilDate } from '../domain/civil-date.js'
import { filingDue } from '../domain/filing-clock.js'
import { dateIn, endOfDay } from '../domain/instant.js'
import { invariant } from '../domain/invariant.js'
import type { PlanTerms } from '../domain/plan.js'
import { rateText } from '../domain/price-guard.js'
import { INITIAL_COHORT } from '../domain/run-ids.js'
import { standingAward } from '../persistence/ledger/bids.js'
import { filingFacts } from '../persistence/ledger/filing-facts.js'
import { appendEvent, programEvents } from '../persistence/ledger/journal.js'
import { readProgram } from '../persistence/ledger/programs.js'
import { openWorkItems } from '../persistence/ledger/work-items.js'
import type { ProgramCall } from '../workflows/ports.js'
import { type ActivityContext, systemOccasion } from './context.js'
import { contractEnd } from './contract-term.js'
import { renderDocument } from './documents/render.js'

export async function draftCommissionFiling(context: ActivityContext, call: ProgramCall): Promise<void> {
  const { database } = context
  const { terms } = await readProgram(database.kysely, database, call.programId)
  const due = await printFiling(context, call, terms)
  await database.tx(async (trx) => {
    if ((await programEvents(trx, call.programId, 'commission-filing-drafted')).length > 0) return
    const clause = clauseOf(terms.commissionFilingDays)
    const occasion = systemOccasion(call)
    await appendEvent(trx, occasion, { kind: 'commission-filing-drafted', clause, data: { due } })
    await openWorkItems(trx, occasion, [
      {
        kind: 'commission-filing',
        message: 'Make the filing with the commission; the draft lies with the documents.',
        clause,
        dueAt: due === null ? null : endOfDay(terms.zone, due),
      },
    ])
  })
}

/**
 * Prints the draft over, as long as the filing is not made: a checked proof of the notice tells the month in which the
 * contract ends, and is the disclosure that goes with the filing.
 */
export async function completeCommissionFiling(
  context: ActivityContext,
  call: ProgramCall,
  terms: PlanTerms,
): Promise<void> {
  const filed = await context.database.kysely
    .selectFrom('work_item')
    .select('item_id')
    .where('program_id', '=', call.programId)
    .where('kind', '=', 'commission-filing')
    .where('closed_at', 'is not', null)
    .executeTakeFirst()
  if (filed === undefined) await printFiling(context, call, terms)
}

/** @returns the day on which the filing is due, as far as it is known now */
async function printFiling(context: ActivityContext, call: ProgramCall, terms: PlanTerms): Promise<CivilDate | null> {
  const { database } = context
  const proof = await database.kysely
    .selectFrom('cohort')
    .select('proof_sha256')
    .where('program_id', '=', call.programId)
    .where('cohort', '=', INITIAL_COHORT)
    .executeTakeFirst()
  const award = await database.tx((trx) => standingAward(trx, call.programId))
  invariant(award !== null, 'the filing is drafted after the award')
  const { bid } = award
  const facts = await filingFacts(database.kysely, call.programId, terms)
  const due = filingDue(facts, terms)
  await renderDocument({
    kind: 'commission-filing',
    file: join(context.folder, 'documents', 'commission-filing.pdf'),
    createdAt: call.asOf,
    date: dateIn(terms.zone, call.asOf),
    terms,
    supplierLegalName: bid.legalName,
    contractEnd: await contractEnd(context, call.programId, terms, bid.termMonths),
    rateEnd: null,
    termMonths: bid.termMonths,
    ratesMilliCents: bid.rates,
    earlyTerminationDollars: bid.fees.leaving,
    greenProduct: bid.energyMix,
    efficiencyProducts: 'None is named in the award',
    payments: [
      ...(bid.toAggregatorDollars > 0
        ? [{ to: terms.aggregator.name, what: 'Program costs, lump sum', amount: `$${bid.toAggregatorDollars}` }]
        : []),
      ...(bid.toConsultantMilliCents > 0
        ? [
            {
              to: terms.noticeFacts['consultantName']?.value ?? 'Consultant',
              what: 'Fee inside the price',
              amount: `${rateText(bid.toConsultantMilliCents)} ¢/kWh`,
            },
          ]
        : []),
    ],
    disclosure: proof?.proof_sha256 == null ? null : 'the notice to customers, as proved',
    ...facts,
    due,
  })
  return due
}
