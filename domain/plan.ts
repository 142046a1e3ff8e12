/**
 * What a plan says, as the rules read it: every value with the clause it comes from.
 *
 * The YAML in plans/ is the source; `persistence/plan-files.ts` reads and checks it and puts the utility's and the
 * state's dated values beside the village's own. A workflow gets this object as recorded input, so that editing a
 * plan file cannot change a program that is already running. Plain JSON throughout.
 */
import type { CivilDate } from './civil-date.js'
import type { Zone } from './instant.js'
import type { Channel } from './receipt.js'
import type { Eligibility } from './account.js'

/** A value of law, plan or utility. */
export interface Cited<T> {
  readonly value: T
  readonly unit: string
  /** Document and locator, for example `Mahomet plan, Implementation Procedures E.3`. */
  readonly cite: string
  /** A page of docs/rulings/ when the clause can be read in more than one way, for example `R-002`. */
  readonly ruling?: string
  /** First day on which the value holds, inclusive. */
  readonly since?: CivilDate
  /** False when nobody has checked the value against its source. Absent: checked. */
  readonly verified?: boolean
}

/** A clause that orders a step. */
export type Clause = Pick<Cited<unknown>, 'cite' | 'ruling'>

/** How a last day that falls on a day without business moves. */
export type RollMode = 'none' | 'sundayOnly' | 'nextBusinessDay'

/** Days that are not weekends and on which nevertheless nothing happens. Weekends are implied. */
export interface Calendar {
  readonly id: string
  /** Changes whenever a day is added or taken away. */
  readonly version: string
  /** Days without billing business. */
  readonly billing: readonly CivilDate[]
  /** Days on which the utility processes no EDI. */
  readonly edi: readonly CivilDate[]
  /** First and last day for which the lists are complete, both inclusive. Absent: nobody said. */
  readonly covers?: { readonly first: CivilDate; readonly last: CivilDate }
  /** False when the days are nobody's published list. Absent: somebody vouches for them. */
  readonly verified?: boolean
}

/** Findings of list review (hit policy: collect; every finding is kept). */
export const FINDING_CODES = [
  'outside-boundary',
  'free-service',
  'bundled-hold',
  'over-15000-kwh',
  'boundary-unresolved',
  'hourly',
  'other-supplier',
  'electric-heat',
] as const
export type FindingCode = (typeof FINDING_CODES)[number]

export interface AggregatorTerms {
  readonly name: string
  readonly shortName: string
  readonly kind: 'village' | 'county' | 'township'
  readonly addressLines: readonly string[]
  readonly phone: string
  readonly signatory: {
    readonly name: string
    readonly title: string
    /** False while no person is named who may sign. Absent: checked. */
    readonly verified?: boolean
  }
  /** How the authority to aggregate arose, step by step. */
  readonly authority: readonly AuthorityStep[]
}

export const AUTHORITY_KINDS = ['resolution', 'referendum', 'hearing', 'ordinance', 'plan'] as const

/** One public act on which the aggregation rests. */
export interface AuthorityStep {
  readonly kind: (typeof AUTHORITY_KINDS)[number]
  readonly what: string
  readonly on: CivilDate
  readonly cite: string
  /** False when the day is not stated by a document that somebody read. Absent: checked. */
  readonly verified?: boolean
}

export interface UtilityTerms {
  readonly id: string
  readonly name: string
  readonly dunsNumber: string
  readonly accountNumberDigits: Cited<number>
  /** Calendar days before the anchor by which an enrollment or drop is received. */
  readonly cutoffDays: Cited<number>
  /** Local wall-clock time of the cut-off, inclusive. */
  readonly cutoffAt: Cited<string>
  /** An enrollment for a read more than this many calendar days ahead is refused (DIV). Inclusive. */
  readonly maxLeadDays: Cited<number>
  /** Business days before and after the scheduled read. */
  readonly billingWindow: Cited<{ readonly before: number; readonly after: number }>
  /** What each reason code of an enrollment response means for us. */
  readonly rejectCodes: Readonly<
    Record<string, { readonly text: string; readonly handling: RejectHandling; readonly cite: string }>
  >
  /** Hours within which a functional acknowledgment (997) is expected. */
  readonly acknowledgmentHours: Cited<number>
  /** Business days within which an 814 response is expected. */
  readonly responseBusinessDays: Cited<number>
}

/**
 * `terminal`: ends for this cycle. `person`: a work item, never retried unchanged. `already-submitted`: reconcile.
 * `reschedule`: choose the read again. `our-error`: mend and resubmit by hand. `stop-batch`: stop sending to the utility.
 */
export type RejectHandling = 'terminal' | 'person' | 'already-submitted' | 'reschedule' | 'our-error' | 'stop-batch'

export interface PlanTerms {
  readonly id: string
  /** The plan version: date of adoption. */
  readonly version: CivilDate
  readonly title: string
  readonly participation: 'opt-out'
  readonly state: string
  readonly zone: Zone
  readonly aggregator: AggregatorTerms
  readonly utility: UtilityTerms
  readonly calendar: Calendar

  /** Steps that the plan asks for without setting a value. */
  readonly clauses: {
    readonly listReview: Clause
    readonly bids: Clause
    readonly noticeProof: Clause
    readonly noticeApproval: Clause
    /** A member whom no notice reached. */
    readonly omittedMember: Clause
  }
  readonly dataRequestReminder: Cited<number>
  readonly listSignatures: Cited<number>
  readonly window: {
    readonly initial: Cited<number>
    readonly renewal: Cited<number>
    readonly addition: Cited<number>
  }
  readonly windowRoll: Cited<RollMode>
  readonly channels: Cited<readonly Channel[]>
  /** Calendar days before receipt on which a card without a legible postmark is presumed mailed. */
  readonly presumedTransitDays: Cited<number>
  /** Calendar days after the last close during which timely cards may still arrive. */
  readonly mailGraceDays: Cited<number>
  /** Local wall-clock time at which the roster is frozen and submitted. */
  readonly submissionAt: Cited<string>
  readonly eligibility: Readonly<Record<FindingCode, Cited<Eligibility>>>
  /** Annual kWh up to and including which a non-residential account is small commercial. */
  readonly smallCommercialKwh: Cited<number>
  readonly award: {
    readonly minimumTermMonths: Cited<number>
    /** The rate must be strictly below the default rate. */
    readonly mustBeBelowDefault: Cited<boolean>
    readonly mustHaves: readonly { readonly id: string; readonly label: string; readonly cite: string }[]
  }
  readonly fees: {
    /** Thousandths of a cent are not used here: whole US dollars. What a notice may name: 0. */
    readonly earlyTermination: Cited<number>
    readonly history: readonly Cited<number>[]
  }
  readonly anonymity: { readonly minimumCustomers: Cited<number>; readonly maximumSharePercent: Cited<number> }
  /** Business days to file with the commission. */
  readonly commissionFilingDays: Cited<number>
  readonly rescissionDays: Cited<number>
  readonly rescissionRoll: Cited<RollMode>
  readonly avoidReadInRescission: Cited<boolean>
  readonly printBatchLetters: Cited<number>
  /** Sentences and numbers the notice needs that belong to plan, state or utility. */
  readonly noticeFacts: Readonly<Record<string, Cited<string>>>
}
