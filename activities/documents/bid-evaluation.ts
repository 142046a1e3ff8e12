/** The evaluation of the opened bids: proofs first, then price per class beside the default price, then the board's outcome. */
import { RATE_CLASSES } from '../../domain/account.js'
import type { RateClass } from '../../domain/account.js'
import { disqualifications } from '../../domain/bid.js'
import type { Bid } from '../../domain/bid.js'
import type { CivilDate } from '../../domain/civil-date.js'
import type { Rates } from '../../domain/price-guard.js'
import { centsInWords, dateInWords } from '../../domain/wording.js'
import type { RenderedFile } from './pdf-file.js'
import { openPlanSheet } from './plan-sheet.js'
import type { ProgramDocument } from './plan-sheet.js'

export interface BidEvaluation extends ProgramDocument {
  readonly kind: 'bid-evaluation'
  readonly bids: readonly Bid[]
  readonly defaultRates: { readonly on: CivilDate; readonly milliCents: Rates }
  /** Day on which the bids were opened. */
  readonly openedOn: CivilDate
}

export function printBidEvaluation(order: BidEvaluation): RenderedFile {
  const { terms, bids } = order
  const { milliCents } = order.defaultRates
  const sheet = openPlanSheet(order, 'Evaluation of bids')
  sheet.paragraph(dateInWords(order.date))
  sheet.title('Evaluation of bids')
  sheet.facts([
    ['Opened', dateInWords(order.openedOn)],
    ['Bids', String(bids.length)],
    ['Default prices', `${terms.utility.name}, ${dateInWords(order.defaultRates.on)}`],
    [
      'Rule of award',
      `Each price ${terms.award.mustBeBelowDefault.value ? 'strictly below' : 'compared with'} the default price of its class (${terms.award.mustBeBelowDefault.cite})`,
    ],
  ])
  sheet.heading('Proofs')
  sheet.table(
    [{ heading: 'Supplier', share: 4 }, ...terms.award.mustHaves.map((must) => ({ heading: must.label, share: 3 }))],
    bids.map((bid) => [
      bid.supplier,
      ...terms.award.mustHaves.map((must) => (bid.proofs[must.id] === true ? 'Yes' : '**Missing**')),
    ]),
  )
  const classes = RATE_CLASSES.filter(
    (one) => milliCents[one] !== undefined || bids.some((bid) => bid.rates[one] !== undefined),
  )
  const price = (rates: Rates, one: RateClass) => (rates[one] === undefined ? '–' : centsInWords(rates[one]))
  sheet.heading('Prices, ¢ per kWh')
  sheet.table(
    [
      { heading: 'Supplier', share: 4 },
      ...classes.map((one) => ({ heading: one, share: 1.6, align: 'right' as const })),
      { heading: 'Term, months', share: 2, align: 'right' },
    ],
    [
      ['Default price', ...classes.map((one) => price(milliCents, one)), ''],
      ...bids.map((bid) => [bid.supplier, ...classes.map((one) => price(bid.rates, one)), String(bid.termMonths)]),
    ],
  )
  sheet.heading('Which bids may be awarded')
  sheet.table(
    [
      { heading: 'Supplier', share: 3 },
      { heading: 'Finding', share: 8 },
    ],
    bids.map((bid) => {
      const reasons = disqualifications(bid, milliCents, terms)
      return [
        bid.supplier,
        reasons.length === 0
          ? '**May be awarded**'
          : reasons
              .map((reason) => (reason.clause === undefined ? reason.message : `${reason.message} [${reason.clause}]`))
              .join(' '),
      ]
    }),
  )
  // nobody signs a page that does not say what
  sheet.keep(160)
  sheet.heading('Decision of the board')
  sheet.paragraph('Award to one bid that may be awarded, reject all bids, or ask for bids again.')
  sheet.lines(['Decision', 'Date'])
  sheet.lines(['Signature', 'Name and title'])
  return sheet.finish()
}
