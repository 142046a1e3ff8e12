/** The notification to the commission: the six items of its rule, with the day on which it is due. */
import { RATE_CLASSES } from '../../domain/account.js'
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import type { Rates } from '../../domain/price-guard.js'
import { centsInWords, classInWords, dateInWords, monthInWords, wholeNumber } from '../../domain/wording.js'
import type { RenderedFile } from './pdf-file.js'
import { openPlanSheet, planFact } from './plan-sheet.js'
import type { ProgramDocument } from './plan-sheet.js'

export interface CommissionFiling extends ProgramDocument {
  readonly kind: 'commission-filing'
  readonly supplierLegalName: string
  /** `YYYY-MM` in which the contract ends, and the rate when that is another month; null: the mailing is not planned yet. */
  readonly contractEnd: string | null
  readonly rateEnd: string | null
  readonly termMonths: number
  /** @unit thousandths of a cent per kWh. */
  readonly ratesMilliCents: Rates
  /** Whole US dollars. */
  readonly earlyTerminationDollars: number
  /** Green or clean product, and what the aggregator requires; in words, `None` when there is none. */
  readonly greenProduct: string
  readonly efficiencyProducts: string
  /** Payments, inducements, donations and consulting fees to the aggregator, direct or indirect. */
  readonly payments: readonly { readonly to: string; readonly what: string; readonly amount: string }[]
  /** Name of the attached disclosure, for example the file of the proved notice; null: not yet there. */
  readonly disclosure: string | null
  /** Both starts of the clock, and its end, inclusive; null while it does not run. */
  readonly finalAndPublic: CivilDate | null
  readonly disclosuresSent: CivilDate | null
  readonly due: CivilDate | null
}

export function printCommissionFiling(order: CommissionFiling): RenderedFile {
  const { terms } = order
  const { aggregator } = terms
  const day = (date: CivilDate | null) => (date === null ? 'Not yet' : dateInWords(date))
  const sheet = openPlanSheet(order, 'Notification of the aggregation program')
  sheet.paragraph(dateInWords(order.date))
  sheet.paragraph(`To: **${planFact(terms, 'commissionName').value}**, ${planFact(terms, 'commissionOffice').value}`)
  sheet.title('Notification of the aggregation program')
  sheet.facts([
    ['Governmental aggregator', aggregator.name],
    ['Aggregation supplier', order.supplierLegalName],
    ['Rule', clauseOf(terms.commissionFilingDays)],
    ['Terms final and public', day(order.finalAndPublic)],
    ['First disclosures sent', day(order.disclosuresSent)],
    [
      'Due',
      order.due === null
        ? 'Clock not yet running'
        : `**${dateInWords(order.due)}** (${terms.commissionFilingDays.value} ${terms.commissionFilingDays.unit} from the earlier of the two)`,
    ],
  ])
  sheet.heading('1. End of the contract')
  sheet.paragraph(
    order.contractEnd === null
      ? `Contract and rate run **${order.termMonths} months** from the first meter read after enrollment. The month of their end follows from the mailing dates and is entered here when those are planned.`
      : order.rateEnd === null || order.rateEnd === order.contractEnd
        ? `Contract and rate end in **${monthInWords(order.contractEnd)}**.`
        : `The contract ends in **${monthInWords(order.contractEnd)}**; the rate ends in **${monthInWords(order.rateEnd)}**.`,
  )
  sheet.heading('2. Rates')
  sheet.table(
    [
      { heading: 'Rate class', share: 5 },
      { heading: '¢ per kWh', share: 3, align: 'right' },
    ],
    RATE_CLASSES.filter((one) => order.ratesMilliCents[one] !== undefined).map((one) => [
      classInWords(one),
      centsInWords(order.ratesMilliCents[one] as number),
    ]),
  )
  sheet.heading('3. Early-termination fees')
  sheet.paragraph(order.earlyTerminationDollars === 0 ? 'None.' : `$${wholeNumber(order.earlyTerminationDollars)}.`)
  sheet.heading('4. Green or clean product, and what the aggregator requires')
  const required = planFact(terms, 'dutyRenewable')
  sheet.paragraph(`${sentence(order.greenProduct)} By the plan the supplier ${required.value} (${required.cite}).`)
  sheet.heading('5. Efficiency and demand-response products, and what the aggregator requires')
  const efficiency = planFact(terms, 'efficiencyRequired')
  sheet.paragraph(`${sentence(order.efficiencyProducts)} ${efficiency.value} (${efficiency.cite}).`)
  // nobody signs a page that does not say what
  sheet.keep(200)
  sheet.heading('6. Disclosure, and payments to the aggregator')
  sheet.paragraph(
    order.disclosure === null
      ? 'The disclosure sent to customers will be attached when it is approved.'
      : `Attached: ${order.disclosure}.`,
  )
  if (order.payments.length === 0)
    sheet.paragraph(
      `No payment, inducement, donation, civic contribution or consulting fee to the aggregator, direct or indirect, is named in the award. Costs of the program that the supplier bears by itself are entered here when they are known (${planFact(terms, 'programCosts').cite}).`,
    )
  else {
    sheet.table(
      [
        { heading: 'To', share: 4 },
        { heading: 'What', share: 5 },
        { heading: 'Amount', share: 3, align: 'right' },
      ],
      order.payments.map((payment) => [payment.to, payment.what, payment.amount]),
    )
  }
  sheet.lines(['Signature for the aggregator', 'Date'])
  sheet.lines([`Name and title (${aggregator.signatory.title})`, 'Telephone or e-mail for questions'])
  return sheet.finish()
}

function sentence(phrase: string): string {
  return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1).replace(/\.$/, '')}.`
}
