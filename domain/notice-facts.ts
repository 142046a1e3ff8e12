/** What the letter is written from, and what stops it: a value nobody knows, a fee, a price or a date that cannot be. */
import type { RateClass } from './account.js'
import type { CivilDate } from './civil-date.js'
import { NOTICE_ITEMS, noticeItemKey } from './notice-checklist.js'
import type { PlanTerms } from './plan.js'
import { printedDeadline } from './response-window.js'
import type { Occasion } from './response-window.js'
import { refused } from './refusal.js'
import type { Refusal } from './refusal.js'
import { centsInWords, classInWords, dateInWords, listInWords, monthInWords } from './wording.js'

/** Null or blank: nobody knows it. */
type Maybe<T> = T | null

export interface SupplierFacts {
  readonly legalName: Maybe<string>
  readonly marketingName: Maybe<string>
  readonly addressLines: Maybe<readonly string[]>
  readonly phone: Maybe<string>
  readonly phoneHours: Maybe<string>
  readonly url: Maybe<string>
  readonly energyMix: Maybe<string>
}

export interface NoticeFees {
  /** @unit whole US dollars, once. A notice may name 0 only. */
  readonly joining: Maybe<number>
  readonly switching: Maybe<number>
  readonly moving: Maybe<number>
  readonly leaving: Maybe<number>
  /** @unit whole US dollars that the supplier pays the aggregator for the program's costs. */
  readonly toAggregatorDollars: Maybe<number>
  /** @unit thousandths of a cent per kWh, inside the price. */
  readonly toConsultantMilliCents: Maybe<number>
}

export interface NoticeFacts {
  readonly supplier: SupplierFacts
  /** @unit thousandths of a cent per kWh. */
  readonly ratesMilliCents: Partial<Record<RateClass, number>>
  readonly defaultRates: { readonly on: Maybe<CivilDate>; readonly milliCents: Partial<Record<RateClass, number>> }
  /** `YYYY-MM` of the earliest meter read with which anybody noticed joins, and of the read with which the price ends for all. */
  readonly termStart: Maybe<string>
  readonly termEnd: Maybe<string>
  readonly fees: NoticeFees
  /** The date on the letter. */
  readonly plannedMailingDate: Maybe<CivilDate>
  /** Never before the window counted from the planned mailing date; a re-mailed letter has its own. */
  readonly printedDeadline: Maybe<CivilDate>
  /** How a reply reaches whoever takes them; needed for the channels that the plan names. */
  readonly optOut: {
    readonly url: Maybe<string>
    readonly phone: Maybe<string>
    readonly email: Maybe<string>
    readonly fax: Maybe<string>
    readonly mailTo: Maybe<readonly string[]>
  }
  /** Absent: the first notice of the program. */
  readonly occasion?: Occasion
}

/** The facts with nothing unknown: what the wording works from. */
export interface KnownNotice {
  readonly terms: PlanTerms
  readonly classes: readonly RateClass[]
  readonly text: Readonly<Record<KnownText, string>>
  readonly supplierAddress: readonly string[]
  readonly mailTo: readonly string[]
  readonly rows: readonly (readonly [string, string, string])[]
  readonly deadline: string
  readonly fees: { readonly toAggregatorDollars: number; readonly toConsultantMilliCents: number }
  readonly fact: (key: NoticeFactKey) => string
}
type KnownText =
  | 'legalName'
  | 'marketingName'
  | 'phone'
  | 'phoneHours'
  | 'url'
  | 'energyMix'
  | 'defaultOn'
  | 'termStart'
  | 'termEnd'
  | 'referendumOn'
  | 'adoptedOn'
  | 'optOutUrl'
  | 'optOutPhone'
  | 'optOutEmail'
  | 'optOutFax'

/** Keys of `PlanTerms.noticeFacts` that the letter and its envelope need, beside the one of each checklist item. */
export const NOTICE_FACT_KEYS = [
  'priceIncludes',
  'earlyEnd',
  'programCosts',
  'transitionDays',
  'utilityLetter',
  'rejoin',
  'delivery',
  'oneBill',
  'supplierChoice',
  'comparisonSite',
  'ipaList',
  'utilityService',
  'pippConsequence',
  'billPrograms',
  'commissionName',
  'iccPhone',
  'languageHelp',
  'languageHelpSpanish',
  'hearingImpaired',
  'envelopeLegend',
] as const
export type NoticeFactKey = (typeof NOTICE_FACT_KEYS)[number]

/** What the letter says or bears that nobody has checked against a document: for those who approve it. */
export function uncheckedInNotice(terms: PlanTerms): readonly string[] {
  const sentences = NOTICE_FACT_KEYS.filter((key) => terms.noticeFacts[key]?.verified === false)
  const values = Object.entries({
    signatory: terms.aggregator.signatory,
    rescissionDays: terms.rescissionDays,
    rescissionRoll: terms.rescissionRoll,
    earlyTerminationFee: terms.fees.earlyTermination,
  }).flatMap(([name, value]) => (value.verified === false ? [name] : []))
  return [...values, ...sentences]
}

export function knownNotice(terms: PlanTerms, facts: NoticeFacts, classes: readonly RateClass[]): KnownNotice {
  const { supplier, optOut } = facts
  // the kinds in order of preference, whatever order the acts came in
  const step = (...kinds: string[]) =>
    dateInWords(
      kinds.flatMap((kind) => terms.aggregator.authority.find((one) => one.kind === kind)?.on ?? [])[0] as CivilDate,
    )
  return {
    terms,
    classes,
    text: {
      legalName: supplier.legalName ?? '',
      marketingName: supplier.marketingName ?? '',
      phone: supplier.phone ?? '',
      phoneHours: supplier.phoneHours ?? '',
      url: supplier.url ?? '',
      energyMix: supplier.energyMix ?? '',
      defaultOn: dateInWords(facts.defaultRates.on as CivilDate),
      termStart: monthInWords(facts.termStart ?? ''),
      termEnd: monthInWords(facts.termEnd ?? ''),
      referendumOn: step('referendum'),
      adoptedOn: step('plan', 'ordinance'),
      optOutUrl: optOut.url ?? '',
      optOutPhone: optOut.phone ?? '',
      optOutEmail: optOut.email ?? '',
      optOutFax: optOut.fax ?? '',
    },
    supplierAddress: supplier.addressLines ?? [],
    mailTo: optOut.mailTo ?? [],
    rows: classes.map((one) => [
      classInWords(one),
      `${centsInWords(facts.ratesMilliCents[one] ?? 0)}¢`,
      `${centsInWords(facts.defaultRates.milliCents[one] ?? 0)}¢`,
    ]),
    deadline: dateInWords(facts.printedDeadline as CivilDate),
    fees: {
      toAggregatorDollars: facts.fees.toAggregatorDollars ?? 0,
      toConsultantMilliCents: facts.fees.toConsultantMilliCents ?? 0,
    },
    fact: (key) => terms.noticeFacts[key]?.value ?? '',
  }
}

/** The first reason for which no letter can be written from these facts; null when it can. */
export function noticeFault(terms: PlanTerms, facts: NoticeFacts, classes: readonly RateClass[]): Refusal | null {
  const unknown = unknownValues(terms, facts, classes)
  if (unknown.length > 0) {
    const are = unknown.length === 1 ? 'is' : 'are'
    return fault(
      'NOTICE_INCOMPLETE',
      `The notice cannot be proved because ${unknown.join(', ')} ${are} unknown; enter the missing values in the award or the plan.`,
    )
  }
  return feeFault(terms, facts) ?? priceFault(facts, classes) ?? dateFault(terms, facts)
}

function fault(code: string, message: string, clause?: string): Refusal {
  return refused(code, message, clause).refusal
}

function unknownValues(terms: PlanTerms, facts: NoticeFacts, classes: readonly RateClass[]): string[] {
  const { aggregator } = terms
  const channels = terms.channels.value
  const needed: [string, unknown][] = [
    ...Object.entries(facts.supplier).map(([key, value]): [string, unknown] => [`the supplier's ${key}`, value]),
    ...Object.entries(facts.fees).map(([key, value]): [string, unknown] => [`the fee "${key}"`, value]),
    ...classes.map((one): [string, unknown] => [`the price of ${one}`, facts.ratesMilliCents[one]]),
    ...classes.map((one): [string, unknown] => [`the default price of ${one}`, facts.defaultRates.milliCents[one]]),
    ['the class of the account', classes],
    ['the day of the default prices', facts.defaultRates.on],
    ['the start of the term', facts.termStart],
    ['the end of the term', facts.termEnd],
    ['the planned mailing date', facts.plannedMailingDate],
    ['the deadline', facts.printedDeadline],
    ['the opt-out link', facts.optOut.url],
    ['the address for cards', channels.includes('card') ? facts.optOut.mailTo : 'not needed'],
    ['the opt-out phone', channels.includes('phone') ? facts.optOut.phone : 'not needed'],
    ['the opt-out e-mail address', channels.includes('email') ? facts.optOut.email : 'not needed'],
    ['the opt-out fax number', channels.includes('fax') ? facts.optOut.fax : 'not needed'],
    ["the aggregator's name", aggregator.name],
    ["the aggregator's address", aggregator.addressLines],
    ["the aggregator's phone", aggregator.phone],
    ["the signatory's name", aggregator.signatory.name],
    ["the signatory's title", aggregator.signatory.title],
    ['the day of the referendum', aggregator.authority.find((one) => one.kind === 'referendum')?.on],
    [
      'the day of the ordinance or plan',
      aggregator.authority.find((one) => one.kind === 'plan' || one.kind === 'ordinance')?.on,
    ],
    ...NOTICE_FACT_KEYS.map((key): [string, unknown] => [
      `the plan's notice fact "${key}"`,
      terms.noticeFacts[key]?.value,
    ]),
    ...NOTICE_ITEMS.map((id): [string, unknown] => [
      `the plan's notice fact "${noticeItemKey(id)}"`,
      terms.noticeFacts[noticeItemKey(id)]?.cite,
    ]),
  ]
  return needed.filter(([, value]) => isBlank(value)).map(([what]) => what)
}

function isBlank(value: unknown): boolean {
  if (value === null || value === undefined) return true
  if (typeof value === 'string') return value.trim() === ''
  return Array.isArray(value) && (value.length === 0 || value.some(isBlank))
}

/** A fee for joining, switching, moving or leaving never stands on a notice; the plan says with which clause. */
function feeFault(terms: PlanTerms, facts: NoticeFacts): Refusal | null {
  const { joining, switching, moving, leaving } = facts.fees
  const named = Object.entries({ joining, switching, moving, leaving })
    .filter(([, dollars]) => dollars !== 0)
    .map(([what]) => what)
  if (terms.fees.earlyTermination.value !== 0) named.push('leaving (in the plan)')
  if (named.length === 0) return null
  return fault(
    'NOTICE_FEE',
    `The notice names a fee for ${listInWords(named)}; no fee may be charged, so set it to 0 before the proof.`,
    terms.fees.earlyTermination.cite,
  )
}

function priceFault(facts: NoticeFacts, classes: readonly RateClass[]): Refusal | null {
  const isPrice = (value: number | undefined) => value !== undefined && Number.isSafeInteger(value) && value > 0
  const bad = classes.filter(
    (one) => !isPrice(facts.ratesMilliCents[one]) || !isPrice(facts.defaultRates.milliCents[one]),
  )
  if (bad.length === 0) return null
  return fault(
    'NOTICE_PRICE',
    `The price of ${listInWords(bad)} is not a positive whole number of thousandths of a cent; correct the bid or the default rates.`,
  )
}

function dateFault(terms: PlanTerms, facts: NoticeFacts): Refusal | null {
  const occasion = facts.occasion ?? 'initial'
  const earliest = printedDeadline(facts.plannedMailingDate as CivilDate, occasion, terms)
  if ((facts.printedDeadline as CivilDate) < earliest) {
    return fault(
      'NOTICE_DATES',
      `The deadline ${facts.printedDeadline} is earlier than ${earliest}, the end of the plan's window; print the later day.`,
      terms.window[occasion].cite,
    )
  }
  if ((facts.termEnd ?? '') <= (facts.termStart ?? '')) {
    return fault(
      'NOTICE_DATES',
      `The term ends in ${facts.termEnd}, not after it begins in ${facts.termStart}; correct the award.`,
    )
  }
  return null
}
