/** The request for proposals: what is to be supplied, to how much anonymous use, on which terms, and the form to bid on. */
import type { AnonymousUsage } from '../../domain/anonymous-usage.js'
import type { CivilDate } from '../../domain/civil-date.js'
import { RATE_CLASSES } from '../../domain/account.js'
import { centsInWords, classInWords, dateInWords, listInWords, wholeNumber } from '../../domain/wording.js'
import type { Rates } from '../../domain/price-guard.js'
import type { RenderedFile } from './pdf-file.js'
import { authorityRows, openPlanSheet, planFact } from './plan-sheet.js'
import type { ProgramDocument } from './plan-sheet.js'
import type { Sheet } from './sheet.js'

export interface RequestForProposals extends ProgramDocument {
  readonly kind: 'request-for-proposals'
  readonly usage: AnonymousUsage
  /** Last day on which a sealed bid is taken, inclusive, and the day of the opening; null while the board has not set them. */
  readonly bidsDue: CivilDate | null
  readonly opening: CivilDate | null
  readonly defaultRates: { readonly on: CivilDate; readonly milliCents: Rates } | null
}

export function printRequestForProposals(order: RequestForProposals): RenderedFile {
  const { terms } = order
  const { aggregator, utility, award, anonymity } = terms
  const act = planFact(terms, 'aggregationAct')
  const sheet = openPlanSheet(order, 'Request for proposals: electricity supply')
  sheet.paragraph(dateInWords(order.date))
  sheet.title('Request for proposals: electricity supply for the aggregation program')
  sheet.paragraph(
    `The ${aggregator.name} invites licensed alternative retail electric suppliers to bid for the full supply of the homes and small businesses in its opt-out program under ${act.value} (${act.cite}). One supplier will be chosen for all classes that it prices.`,
  )
  sheet.facts([
    ['Issued', dateInWords(order.date)],
    ['Sealed bids due', order.bidsDue === null ? 'To be announced' : `${dateInWords(order.bidsDue)}, end of business`],
    ['Opening', order.opening === null ? 'To be announced' : dateInWords(order.opening)],
    ['Utility', utility.name],
    ['Questions', `${aggregator.name}, ${aggregator.phone}`],
  ])
  sheet.heading('1. Authority')
  sheet.table(
    [
      { heading: 'Step', share: 5 },
      { heading: 'Date', share: 3.2 },
      { heading: 'Source', share: 3.4 },
    ],
    authorityRows(aggregator.authority),
  )
  sheet.heading('2. The load')
  sheet.paragraph(
    `Use of twelve months by rate class and area. A group is shown only if it has at least ${anonymity.minimumCustomers.value} customers and none of them exceeds ${anonymity.maximumSharePercent.value} percent of any figure (${anonymity.minimumCustomers.cite}); smaller groups are joined with their surroundings or held back.`,
  )
  printUsage(sheet, order.usage)
  const quoted = planFact(terms, 'quotedMix')
  sheet.heading('3. Price')
  sheet.bullets([
    `One fixed price per rate class, in cents per kWh with three decimals, for the whole term, without any other charge to members.`,
    `${award.mustBeBelowDefault.value ? `Each price must be **strictly below** the default price of ${utility.name} for its class on the day of signing` : 'Prices are weighed against the default price'} (${award.mustBeBelowDefault.cite}).`,
    `No fee for joining, switching, moving or leaving (${terms.fees.earlyTermination.cite}).`,
    `${quoted.value} (${quoted.cite}).`,
    'State the energy mix, any lump sum to the aggregator for the costs of the program, and any fee to a consultant inside the price.',
  ])
  if (order.defaultRates !== null) {
    const { on, milliCents } = order.defaultRates
    sheet.table(
      [
        { heading: 'Rate class', share: 5 },
        { heading: `Default price of ${dateInWords(on)}, ¢ per kWh`, share: 4, align: 'right' },
      ],
      RATE_CLASSES.filter((one) => milliCents[one] !== undefined).map((one) => [
        classInWords(one),
        centsInWords(milliCents[one] as number),
      ]),
    )
  }
  sheet.heading('4. Term')
  sheet.paragraph(
    `At least ${award.minimumTermMonths.value} months (${award.minimumTermMonths.cite}), from the first meter read after enrollment to the meter read that ends the last month.`,
  )
  sheet.heading('5. Proofs that must be in the bid')
  sheet.paragraph(
    'These are checked before any price is looked at. A bid that lacks one of them cannot be awarded, whatever its price.',
  )
  sheet.table(
    [
      { heading: 'Proof', share: 5 },
      { heading: 'Asked for by', share: 5 },
    ],
    award.mustHaves.map((must) => [`${must.label.charAt(0).toUpperCase()}${must.label.slice(1)}`, must.cite]),
  )
  sheet.heading('6. What the supplier does')
  sheet.bullets([
    `Pays for printing and mailing the notice to every eligible account on the letterhead of the ${aggregator.name}, with a response window of ${terms.window.initial.value} ${terms.window.initial.unit} (${terms.window.initial.cite}).`,
    `Takes replies by ${listInWords(terms.channels.value.map((channel) => CHANNEL_WORDS[channel]))}, and enrolls nobody who declined in time.`,
    'Serves members by telephone, web, in other languages and for the hearing impaired, and keeps the confidentiality of every account.',
    ...Object.entries(terms.noticeFacts)
      .filter(([key]) => key.startsWith('duty'))
      .map(([, duty]) => `${duty.value.charAt(0).toUpperCase()}${duty.value.slice(1)} (${duty.cite}).`),
  ])
  sheet.heading('7. Evaluation')
  sheet.bullets([
    'Bids stay sealed until the opening and are opened together.',
    'Proofs are judged yes or no. Among the bids that have all of them, price per class decides, weighed by the use shown above.',
    `The ${aggregator.kind} may award to any bid that may be awarded, reject all bids, or ask for bids again. A quoted price holds until the end of the day on which it is to be signed.`,
  ])
  printBidForm(sheet, order)
  return sheet.finish()
}

const CHANNEL_WORDS = {
  card: 'card',
  phone: 'telephone',
  web: 'web page',
  email: 'e-mail',
  fax: 'fax',
  counter: 'counter',
} as const

function printUsage(sheet: Sheet, usage: AnonymousUsage): void {
  const { groups, heldBack } = usage
  const area = (group: (typeof groups)[number]) => (group.remaining ? `${group.area}, all others` : group.area)
  sheet.table(
    [
      { heading: 'Rate class', share: 3 },
      { heading: 'Area (ZIP code)', share: 3 },
      { heading: 'Customers', share: 2, align: 'right' },
      { heading: 'kWh a year', share: 2.4, align: 'right' },
    ],
    groups.map((group) => [group.rateClass, area(group), wholeNumber(group.customers), wholeNumber(group.annualKwh)]),
  )
  if (heldBack.customers > 0) {
    sheet.paragraph(
      heldBack.publishable
        ? `Held back: ${wholeNumber(heldBack.customers)} customers who belong to no group that may be shown or lack twelve months of use.`
        : 'Held back: a small number of customers who belong to no group that may be shown or lack twelve months of use.',
    )
  }
  if (groups.length === 0) return
  sheet.paragraph('Use by month, in kWh, from the first to the twelfth month of the lists:')
  const months = Array.from({ length: 12 }, (_, i) => i)
  for (const half of [months.slice(0, 6), months.slice(6)]) {
    sheet.table(
      [
        { heading: 'Class, area', share: 4.4 },
        ...half.map((month) => ({ heading: `Month ${month + 1}`, share: 2, align: 'right' as const })),
      ],
      groups.map((group) => [
        `${group.rateClass}, ${area(group)}`,
        ...half.map((month) => wholeNumber(group.monthlyKwh[month] ?? 0)),
      ]),
    )
  }
}

function printBidForm(sheet: Sheet, order: RequestForProposals): void {
  const { terms } = order
  sheet.keep(400)
  sheet.heading('Bid form')
  sheet.paragraph(
    `We offer full electricity supply to the program of the ${terms.aggregator.name} on the terms of this request.`,
  )
  sheet.lines(['Legal name of the supplier', 'Marketing name'])
  sheet.lines(['Address', 'Telephone and hours'])
  // of every class that has a default price, shown above or not: one without a price is enrolled for nobody
  const priced = RATE_CLASSES.filter((one) => order.defaultRates?.milliCents[one] !== undefined)
  sheet.table(
    [
      { heading: 'Rate class', share: 4 },
      { heading: 'Price, ¢ per kWh (three decimals)', share: 5 },
    ],
    (priced.length > 0 ? priced : RATE_CLASSES).map((one) => [classInWords(one), '']),
    24,
  )
  sheet.lines([`Term in months (${terms.award.minimumTermMonths.value} or more)`, 'Energy mix'])
  sheet.lines(['Lump sum to the aggregator, US dollars', 'Consultant fee inside the price, ¢ per kWh'])
  sheet.lines(['Signature', 'Name and title', 'Date'])
}
