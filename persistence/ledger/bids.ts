/** Bids, sealed until they are opened together, and the award. */
import type { Kysely } from 'kysely'
import { type Bid, disqualifications, judgeAward } from '../../domain/bid.js'
import { clauseOf } from '../../domain/clause.js'
import { dateIn, endOfDay, type Instant, isBefore } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import { type DefaultRates, defaultRatesOn, lockProgram } from './programs.js'
import { rateText } from '../../domain/price-guard.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import type { Tables } from '../tables.js'
import { appendEvent, type Occasion, programEvents, type Trx } from './journal.js'
import { once, type Verb } from './verbs.js'

/** The round that takes bids now: one more than the last that ended. */
export async function presentRound(db: Kysely<Tables>, programId: string): Promise<number> {
  const row = await db
    .selectFrom('award')
    .select((eb) => eb.fn.max('round').as('round'))
    .where('program_id', '=', programId)
    .executeTakeFirst()
  return Number(row?.round ?? 0) + 1
}

export async function bidsOfRound(db: Kysely<Tables>, programId: string, round: number) {
  return db
    .selectFrom('bid')
    .selectAll()
    .where('program_id', '=', programId)
    .where('round', '=', round)
    .orderBy('bid_id')
    .execute()
}

/** The award that stands, with its bid; null while there is none. */
export async function standingAward(
  db: Kysely<Tables>,
  programId: string,
): Promise<{ readonly bid: Bid; readonly decidedAt: Instant; readonly round: number } | null> {
  const row = await db
    .selectFrom('award')
    .innerJoin('bid', 'bid.bid_id', 'award.bid_id')
    .select(['bid.content', 'award.decided_at', 'award.round'])
    .where('award.program_id', '=', programId)
    .where('award.outcome', '=', 'awarded')
    .executeTakeFirst()
  return row === undefined ? null : { bid: row.content as Bid, decidedAt: row.decided_at, round: row.round }
}

async function isIssued(trx: Trx, programId: string): Promise<boolean> {
  return (await programEvents(trx, programId, 'rfp-issued')).length > 0
}

export async function addBid(
  trx: Trx,
  verb: Verb,
  bid: Bid,
  terms: PlanTerms,
): Promise<Outcome<{ readonly bidId: number; readonly round: number }>> {
  return once<{ bidId: number; round: number }>(trx, verb, 'add-bid', async () => {
    const clause = terms.award.mustBeBelowDefault.cite
    await lockProgram(trx, verb.programId)
    if (!(await isIssued(trx, verb.programId)))
      return refused(
        'RFP_NOT_ISSUED',
        'The request for proposals is not out yet; it goes out when the list is signed off.',
        clause,
      )
    if ((await standingAward(trx, verb.programId)) !== null)
      return refused('AWARDED_ALREADY', 'This cycle has its award; a new bid belongs to the next one.', clause)
    const round = await presentRound(trx, verb.programId)
    const present = await bidsOfRound(trx, verb.programId, round)
    if (present.some((other) => other.opened_at !== null)) {
      return refused(
        'BIDS_OPENED',
        'The bids of this round are open, so none can be added; reject all of them to ask for new ones.',
        clause,
      )
    }
    if (present.some((other) => other.supplier === bid.supplier)) {
      return refused('BID_TWICE', 'This supplier has a sealed bid in this round; one bid each.', clause)
    }
    const row = await trx
      .insertInto('bid')
      .values({
        program_id: verb.programId,
        round,
        supplier: bid.supplier,
        content: JSON.stringify(bid),
        received_at: verb.at,
        opened_at: null,
      })
      .returning('bid_id')
      .executeTakeFirstOrThrow()
    await appendEvent(trx, verb, {
      kind: 'bid-received',
      clause: clauseOf(terms.clauses.bids),
      data: { supplier: bid.supplier, round },
    })
    return accepted({ bidId: row.bid_id, round })
  })
}

/** Opens all bids of the round at once; a round without any ends here. */
export async function openBids(
  trx: Trx,
  verb: Verb,
  terms: PlanTerms,
): Promise<Outcome<{ readonly bids: number; readonly qualified: number }>> {
  return once<{ bids: number; qualified: number }>(trx, verb, 'open-bids', async () => {
    await lockProgram(trx, verb.programId)
    if (!(await isIssued(trx, verb.programId)))
      return refused(
        'RFP_NOT_ISSUED',
        'There is nothing to open: the request for proposals goes out when the list is signed off.',
      )
    if ((await standingAward(trx, verb.programId)) !== null)
      return refused('AWARDED_ALREADY', 'This cycle has its award; there is nothing left to open.')
    const round = await presentRound(trx, verb.programId)
    const bids = await bidsOfRound(trx, verb.programId, round)
    if (bids.some((bid) => bid.opened_at !== null))
      return refused('BIDS_OPENED', 'The bids of this round are open already; award, or reject all.')
    if (bids.length === 0) {
      await trx
        .insertInto('award')
        .values({
          program_id: verb.programId,
          round,
          outcome: 'no-bid',
          bid_id: null,
          decided_at: verb.at,
          decided_by: verb.actor,
        })
        .execute()
      await appendEvent(trx, verb, { kind: 'no-bid', clause: clauseOf(terms.clauses.bids), data: { round } })
      return accepted({ bids: 0, qualified: 0 })
    }
    await trx
      .updateTable('bid')
      .set({ opened_at: verb.at })
      .where('program_id', '=', verb.programId)
      .where('round', '=', round)
      .execute()
    const defaults = await defaultRatesOn(trx, verb.programId, dateIn(terms.zone, verb.at))
    const qualified = bids.filter(
      (bid) => disqualifications(bid.content as Bid, defaults.rates, terms).length === 0,
    ).length
    await appendEvent(trx, verb, {
      kind: 'bids-opened',
      clause: terms.award.mustBeBelowDefault.cite,
      data: { bids: bids.length, qualified, round },
    })
    return accepted({ bids: bids.length, qualified })
  })
}

/** Quotes hold until local midnight of the day on which they were opened. */
export function lockExpiry(openedAt: Instant, terms: Pick<PlanTerms, 'zone'>): Instant {
  return endOfDay(terms.zone, dateIn(terms.zone, openedAt))
}

/** @param bidId null: all bids are rejected. */
export async function decideAward(
  trx: Trx,
  verb: Verb,
  bidId: number | null,
  terms: PlanTerms,
): Promise<Outcome<{ readonly outcome: string }>> {
  return once<{ outcome: string }>(trx, verb, 'award', async () => {
    const clause = clauseOf(terms.award.mustBeBelowDefault)
    await lockProgram(trx, verb.programId)
    if ((await standingAward(trx, verb.programId)) !== null)
      return refused(
        'AWARDED_ALREADY',
        'The award is made; it is changed by ending the agreement, not by a second award.',
        clause,
      )
    const round = await presentRound(trx, verb.programId)
    const bids = await bidsOfRound(trx, verb.programId, round)
    const openedAt = bids.find((bid) => bid.opened_at !== null)?.opened_at ?? null
    if (openedAt === null)
      return refused('BIDS_SEALED', 'The bids are still sealed; open them first with: meterhall bid open', clause)
    if (bidId === null) {
      await endRound(trx, verb, round, 'rejected-all')
      await appendEvent(trx, verb, { kind: 'bids-rejected', clause: clauseOf(terms.clauses.bids), data: { round } })
      return accepted({ outcome: 'rejected-all' })
    }
    const row = bids.find((bid) => bid.bid_id === bidId)
    if (row === undefined)
      return refused(
        'NO_SUCH_BID',
        'No opened bid of this round is by that supplier; look at them with: meterhall status',
        clause,
      )
    const bid = row.content as Bid
    if (!isBefore(verb.at, lockExpiry(openedAt, terms))) {
      return refused(
        'PRICE_LOCK_EXPIRED',
        'The quotes were good for the day they were opened and have expired; ask for new bids.',
        clause,
      )
    }
    const defaults = await defaultRatesOn(trx, verb.programId, dateIn(terms.zone, verb.at))
    const judged = judgeAward(bid, defaults.rates, terms)
    if (!judged.ok) {
      await appendEvent(trx, verb, {
        kind: 'award-refused',
        clause: judged.refusal.clause ?? clause,
        data: { supplier: bid.supplier, why: judged.refusal.message, code: judged.refusal.code },
      })
      return judged
    }
    await trx
      .insertInto('award')
      .values({
        program_id: verb.programId,
        round,
        outcome: 'awarded',
        bid_id: bidId,
        decided_at: verb.at,
        decided_by: verb.actor,
      })
      .execute()
    await appendEvent(trx, verb, {
      kind: 'awarded',
      clause,
      data: {
        supplier: bid.supplier,
        termMonths: bid.termMonths,
        rates: pricedText(bid, defaults, judged.value.priced),
      },
    })
    return accepted({ outcome: 'awarded' })
  })
}

function pricedText(bid: Bid, defaults: DefaultRates, priced: readonly (keyof Bid['rates'])[]): string {
  return priced
    .map((name) => `${name} ${rateText(bid.rates[name] ?? 0)} against ${rateText(defaults.rates[name] ?? 0)} ¢/kWh`)
    .join(', ')
}

export async function endRound(
  trx: Trx,
  occasion: Occasion,
  round: number,
  outcome: 'rejected-all' | 'lock-expired',
): Promise<void> {
  await trx
    .insertInto('award')
    .values({
      program_id: occasion.programId,
      round,
      outcome,
      bid_id: null,
      decided_at: occasion.at,
      decided_by: occasion.actor,
    })
    .execute()
}
