/** An invented village of some thirty accounts, for tests of the ledger. */
import type { BillingType, RateClass, ServicePoint } from '../../../domain/account.js'
import { atLocalTime, type Instant } from '../../../domain/instant.js'
import type { FindingCode, PlanTerms } from '../../../domain/plan.js'
import { eligibilityOf } from '../../../domain/reviewed-account.js'
import type { Database } from '../../../persistence/database.js'
import type { Occasion } from '../../../persistence/ledger/journal.js'
import type { ReviewedList, ReviewedRow } from '../../../persistence/ledger/reviewed-list.js'
import type { Verb } from '../../../persistence/ledger/verbs.js'
import { readPlan } from '../../../persistence/plan-files.js'
import { CALENDAR_A, day } from '../../domain/test-calendars.js'

export { day }

export interface Village {
  readonly database: Database
  readonly programId: string
  readonly terms: PlanTerms
  readonly accounts: readonly ReviewedRow[]
}

export const TERMS: PlanTerms = { ...readPlan('mahomet'), calendar: CALENDAR_A }

/** Scheduled reads around a roster that is frozen on 24 March 2027. */
export const READ_DATES = {
  '1': [day('2027-03-04'), day('2027-04-02'), day('2027-05-04')],
  // the cut-off of 26 March is past at the freeze
  '20': [day('2027-03-26'), day('2027-04-27')],
  '21': [day('2027-04-28'), day('2027-05-27')],
  // more than 45 days after the freeze: waits until 30 March
  '12': [day('2027-05-14'), day('2027-06-14')],
}

/** A local hour of the village: 08:00 unless told otherwise. */
export function central(date: string, time = '08:00'): Instant {
  return atLocalTime(TERMS.zone, day(date), time)
}

let made = 0

/** A verb under an id of its own. */
export function verb(village: Pick<Village, 'programId'>, at: Instant, actor = 'clerk'): Verb {
  made += 1
  return { verbId: `verb-${made}`, programId: village.programId, actor, at }
}

export function occasion(village: Pick<Village, 'programId'>, at: Instant): Occasion {
  return { programId: village.programId, at, actor: 'meterhall' }
}

let villages = 0

export function newProgramId(): string {
  villages += 1
  return `village-${villages}`
}

export function aServicePoint(servicePoint: string, given: Partial<ServicePoint> = {}): ServicePoint {
  return {
    servicePoint,
    rateClass: 'DS-1',
    billGroup: '1',
    billingType: '',
    monthlyKwh: Array.from({ length: 12 }, () => 700),
    ...given,
  }
}

export interface AccountSketch {
  readonly number: string
  readonly points?: readonly (readonly [RateClass, string, BillingType])[]
  readonly findings?: readonly FindingCode[]
  readonly name?: string
}

export function anAccount({ number, points = [['DS-1', '1', '']], findings = [], name }: AccountSketch): ReviewedRow {
  const address = {
    street: `${Number(number.slice(-4))} Elm St`,
    unit: '',
    city: 'Mahomet',
    state: 'IL',
    zip: '61853',
    zip4: '',
  }
  const servicePoints = points.map(([rateClass, billGroup, billingType], index) =>
    aServicePoint(`${number}-${index + 1}`, { rateClass, billGroup, billingType }),
  )
  return {
    accountNumber: number,
    list: findings.includes('other-supplier') ? 'supplier' : 'fixed',
    customerName: name ?? `Householder ${number.slice(-4)}`,
    serviceAddress: address,
    mailAddress: address,
    electricHeat: findings.includes('electric-heat'),
    freeService: false,
    bundledHoldUntil: null,
    pipp: false,
    accountStart: null,
    servicePoints,
    findings,
    eligibility: eligibilityOf(findings, TERMS),
    annualKwh: 8_400 * servicePoints.length,
  }
}

/** The nth plain home: one residential service point; bill groups 1, 20 and 21 in turn. */
export const home = (n: number): string => `00010001${String(n).padStart(2, '0')}`

export const HOMES = 18
export const TWO_POINTS = '0001000201'
export const LIT_SHOP = '0001000202'
export const END_OF_MONTH = '0001000203'
export const BEGIN_OF_MONTH = '0001000204'
export const MIDDLE_OF_MONTH = '0001000205'
export const FAR_READ = '0001000206'
export const NO_READS = '0001000207'
export const LIGHTING_BY_MONTH = '0001000208'
export const UNPRICED = '0001000209'
export const OUTSIDE = '0001000301'
export const UNRESOLVED = '0001000302'
export const ELECTRIC_HEAT = '0001000303'
export const OTHER_SUPPLIER = '0001000304'

export const VILLAGERS: readonly ReviewedRow[] = [
  ...Array.from({ length: HOMES }, (_, index) =>
    anAccount({ number: home(index + 1), points: [['DS-1', ['1', '20', '21'][index % 3] ?? '1', '']] }),
  ),
  anAccount({
    number: TWO_POINTS,
    points: [
      ['DS-1', '1', ''],
      ['DS-1', '21', ''],
    ],
  }),
  anAccount({
    number: LIT_SHOP,
    points: [
      ['DS-2', '1', ''],
      ['DS-5', '1', ''],
    ],
  }),
  anAccount({ number: END_OF_MONTH, points: [['DS-2', '21', 'EOM']] }),
  anAccount({ number: BEGIN_OF_MONTH, points: [['DS-2', '21', 'BOM']] }),
  anAccount({ number: MIDDLE_OF_MONTH, points: [['DS-2', '21', 'MOM']] }),
  anAccount({ number: FAR_READ, points: [['DS-1', '12', '']] }),
  anAccount({ number: NO_READS, points: [['DS-1', '9', '']] }),
  anAccount({ number: LIGHTING_BY_MONTH, points: [['DS-5', '21', 'EOM']] }),
  anAccount({ number: UNPRICED, points: [['DS-3', '1', '']] }),
  anAccount({ number: OUTSIDE, findings: ['outside-boundary'] }),
  anAccount({ number: UNRESOLVED, findings: ['boundary-unresolved', 'electric-heat'] }),
  anAccount({ number: ELECTRIC_HEAT, findings: ['electric-heat'] }),
  anAccount({ number: OTHER_SUPPLIER, findings: ['other-supplier'] }),
]

/** Of the villagers, those that get a notice: auto-enroll, and every class has a rate. */
export const NOTICED = 26

export function reviewed(accounts: readonly ReviewedRow[]): ReviewedList {
  const servicePoints = accounts.reduce((sum, account) => sum + account.servicePoints.length, 0)
  const eligibility = { ineligible: 0, 'needs-review': 0, 'opt-in-only': 0, 'auto-enroll': 0 }
  for (const account of accounts) eligibility[account.eligibility] += 1
  return { rows: servicePoints, servicePoints, duplicateRows: 0, accounts, problems: [], eligibility }
}
