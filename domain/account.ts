/** The field's nouns for what the utility's list holds. */
import type { CivilDate } from './civil-date.js'

/** Delivery service class of a service point. Every class but DS-1 is non-residential. DS-5 is lighting. */
export const RATE_CLASSES = ['DS-1', 'DS-2', 'DS-3', 'DS-4', 'DS-5'] as const
export type RateClass = (typeof RATE_CLASSES)[number]

/** Which of the three lists of 83 Ill. Adm. Code 470.100(a) names the account. */
export const LIST_KINDS = ['fixed', 'supplier', 'hourly'] as const
export type ListKind = (typeof LIST_KINDS)[number]

/** Calendar-month billing: `EOM` bills through the last day of the month, `BOM` through the first, `MOM` in between; empty: by the meter read. */
export type BillingType = '' | 'EOM' | 'BOM' | 'MOM'

/** One row of the list: load on one rate within an account; the unit of enrollment. */
export interface ServicePoint {
  readonly servicePoint: string
  readonly rateClass: RateClass
  /** 1 to 21 at Ameren Illinois; the key of the read-date table. */
  readonly billGroup: string
  readonly billingType: BillingType
  /** Whole kWh of the last twelve months as given; null where the list is blank. */
  readonly monthlyKwh: readonly (number | null)[]
}

export interface PostalAddress {
  readonly street: string
  readonly unit: string
  readonly city: string
  readonly state: string
  readonly zip: string
  readonly zip4: string
}

export interface Account {
  /** The utility's own number: ten digits at Ameren Illinois. */
  readonly accountNumber: string
  readonly list: ListKind
  readonly customerName: string
  readonly serviceAddress: PostalAddress
  readonly mailAddress: PostalAddress
  readonly electricHeat: boolean
  readonly freeService: boolean
  /** Last day of the utility's bundled hold, inclusive; null when there is none. */
  readonly bundledHoldUntil: CivilDate | null
  /** On the Percentage of Income Payment Plan. */
  readonly pipp: boolean
  readonly accountStart: CivilDate | null
  readonly servicePoints: readonly ServicePoint[]
}

/** Strictest first: the strictest finding decides. */
export const ELIGIBILITIES = ['ineligible', 'needs-review', 'opt-in-only', 'auto-enroll'] as const
export type Eligibility = (typeof ELIGIBILITIES)[number]

export const DISPOSITIONS = [
  'ineligible',
  'needs-review',
  'opt-in-only',
  'opted-out',
  'enrolled',
  'rejected',
  'rescinded',
  'not-noticed',
  'pending',
] as const
/** Where an account stands at the end of a cycle: exactly one. */
export type Disposition = (typeof DISPOSITIONS)[number]
