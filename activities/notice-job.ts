/** What the notices of a drop say: the award, the default rates, the drop's own deadline. */
import { dateIn } from '../domain/instant.js'
import { invariant } from '../domain/invariant.js'
import { type NoticeContent, type NoticeFacts, noticeContent } from '../domain/notice-content.js'
import type { PlanTerms } from '../domain/plan.js'
import { accepted, type Outcome } from '../domain/refusal.js'
import { standingAward } from '../persistence/ledger/bids.js'
import { defaultRatesOn } from '../persistence/ledger/programs.js'
import type { Row } from '../persistence/tables.js'
import type { CohortCall } from '../workflows/ports.js'
import type { ActivityContext } from './context.js'
import { contractEnd, firstRead } from './contract-term.js'
import type { NoticeBatchJob, NoticeLetter } from './documents/notice-job.js'
import { addressed, type PieceOfAccount } from './print-pieces.js'

/** A refusal when the content of one of the letters cannot be made. */
export async function noticeJob(
  context: ActivityContext,
  call: CohortCall,
  terms: PlanTerms,
  drop: Row<'mailing_drop'>,
  pieces: readonly PieceOfAccount[],
  target: { readonly file: string; readonly batchId: string; readonly style: 'letter' | 'blank' },
): Promise<Outcome<NoticeBatchJob>> {
  const facts = await noticeFacts(context, call, terms, drop)
  const contents: Record<string, NoticeContent> = {}
  const letters: NoticeLetter[] = []
  for (const piece of pieces) {
    const content = piece.classes.join('+')
    if (contents[content] === undefined) {
      const made = noticeContent(terms, facts, piece.classes)
      if (!made.ok) return made
      contents[content] = made.value
    }
    letters.push({ content, ...addressed(piece) })
  }
  return accepted({
    ...target,
    drop: `${call.cohort}-${drop.drop_no}`,
    plannedDate: drop.planned_on,
    printedDeadline: drop.printed_deadline,
    createdAt: call.asOf,
    contents,
    postal: context.settings.postal,
    letters,
  })
}

async function noticeFacts(
  context: ActivityContext,
  call: CohortCall,
  terms: PlanTerms,
  drop: Row<'mailing_drop'>,
): Promise<NoticeFacts> {
  const { database, settings } = context
  const award = await database.tx((trx) => standingAward(trx, call.programId))
  invariant(award !== null, 'a notice is printed after the award')
  const { bid } = award
  const defaults = await defaultRatesOn(database.kysely, call.programId, dateIn(terms.zone, award.decidedAt))
  const begins = await firstRead(context, call.programId, call.cohort, terms)
  return {
    supplier: {
      legalName: bid.legalName,
      marketingName: bid.supplier,
      addressLines: bid.addressLines,
      phone: bid.phone,
      phoneHours: bid.phoneHours,
      url: bid.url,
      energyMix: bid.energyMix,
    },
    ratesMilliCents: bid.rates,
    defaultRates: { on: defaults.on, milliCents: defaults.rates },
    termStart: begins?.slice(0, 7) ?? null,
    termEnd: await contractEnd(context, call.programId, terms, bid.termMonths),
    fees: {
      ...bid.fees,
      toAggregatorDollars: bid.toAggregatorDollars,
      toConsultantMilliCents: bid.toConsultantMilliCents,
    },
    plannedMailingDate: drop.planned_on,
    printedDeadline: drop.printed_deadline,
    optOut: settings.replies,
  }
}
