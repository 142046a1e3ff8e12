/** The request for proposals with its anonymous usage, and the table by which the board compares the bids. */
import { join } from 'node:path'
import type { BillingType, RateClass } from '../domain/account.js'
import { anonymousUsage } from '../domain/anonymous-usage.js'
import type { Bid } from '../domain/bid.js'
import { dateIn } from '../domain/instant.js'
import { bidsOfRound, presentRound } from '../persistence/ledger/bids.js'
import { CHUNK_ACCOUNTS } from '../persistence/ledger/chunks.js'
import { appendEvent, programEvents } from '../persistence/ledger/journal.js'
import { defaultRatesOn, readProgram } from '../persistence/ledger/programs.js'
import type { ProgramCall } from '../workflows/ports.js'
import { type ActivityContext, systemOccasion } from './context.js'
import { renderDocument } from './documents/render.js'

export async function issueRfp(context: ActivityContext, call: ProgramCall): Promise<void> {
  const { database } = context
  const { terms } = await readProgram(database.kysely, database, call.programId)
  const today = dateIn(terms.zone, call.asOf)
  const usage = anonymousUsage(await usageOfMembers(context, call), terms.anonymity)
  const defaults = await defaultRatesOn(database.kysely, call.programId, today)
  await renderDocument({
    kind: 'request-for-proposals',
    file: join(context.folder, 'documents', 'request-for-proposals.pdf'),
    createdAt: call.asOf,
    date: today,
    terms,
    usage,
    bidsDue: null,
    opening: null,
    defaultRates: defaults.on === null ? null : { on: defaults.on, milliCents: defaults.rates },
  })
  await database.tx(async (trx) => {
    if ((await programEvents(trx, call.programId, 'rfp-issued')).length > 0) return
    const { heldBack } = usage
    await appendEvent(trx, systemOccasion(call), {
      kind: 'rfp-issued',
      clause: terms.anonymity.minimumCustomers.cite,
      data: {
        cells: usage.groups.length,
        suppressed: heldBack.publishable ? `${heldBack.customers} customers` : 'a few customers',
      },
    })
  })
}

/** The accounts that would be enrolled automatically, a chunk at a time, without their names. */
async function usageOfMembers(context: ActivityContext, call: ProgramCall) {
  const { kysely } = context.database
  const members = []
  let after = 0
  for (;;) {
    const accounts = await kysely
      .selectFrom('account')
      .select(['account_id', 'service_address'])
      .where('program_id', '=', call.programId)
      .where('eligibility', '=', 'auto-enroll')
      .where('account_id', '>', after)
      .orderBy('account_id')
      .limit(CHUNK_ACCOUNTS)
      .execute()
    const last = accounts.at(-1)
    if (last === undefined) return members
    const points = await kysely
      .selectFrom('service_point')
      .selectAll()
      .where(
        'account_id',
        'in',
        accounts.map((row) => row.account_id),
      )
      .orderBy('service_point')
      .execute()
    for (const account of accounts) {
      const own = points.filter((point) => point.account_id === account.account_id)
      members.push({
        serviceAddress: account.service_address,
        servicePoints: own.map((point) => ({
          servicePoint: point.service_point,
          rateClass: point.rate_class as RateClass,
          billGroup: point.bill_group,
          billingType: point.billing_type as BillingType,
          monthlyKwh: point.monthly_kwh,
        })),
      })
    }
    after = last.account_id
    context.heartbeat(members.length)
  }
}

export async function evaluateBids(context: ActivityContext, call: ProgramCall): Promise<void> {
  const { database } = context
  const { terms } = await readProgram(database.kysely, database, call.programId)
  const round = await presentRound(database.kysely, call.programId)
  const bids = (await bidsOfRound(database.kysely, call.programId, round)).filter((bid) => bid.opened_at !== null)
  const today = dateIn(terms.zone, call.asOf)
  const defaults = await defaultRatesOn(database.kysely, call.programId, today)
  await renderDocument({
    kind: 'bid-evaluation',
    file: join(context.folder, 'documents', `bid-evaluation-${round}.pdf`),
    createdAt: call.asOf,
    date: today,
    terms,
    bids: bids.map((bid) => bid.content as Bid),
    defaultRates: { on: defaults.on ?? today, milliCents: defaults.rates },
    openedOn: dateIn(terms.zone, bids[0]?.opened_at ?? call.asOf),
  })
  await database.tx(async (trx) => {
    const evaluated = await programEvents(trx, call.programId, 'bids-evaluated')
    if (evaluated.some((event) => event.data['round'] === round)) return
    await appendEvent(trx, systemOccasion(call), {
      kind: 'bids-evaluated',
      clause: terms.award.mustBeBelowDefault.cite,
      data: { round, bids: bids.length },
    })
  })
}
