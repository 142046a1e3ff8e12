/** What the utility says, as typed messages. The segments behind them are explained in docs/edi.md. */
import type { CivilDate } from '../domain/civil-date.js'
import type { DropReason } from './drop-reasons.js'

/** Where a message stood. */
export interface MessageSource {
  /** ISA06 and ISA08. */
  readonly sender: string
  readonly receiver: string
  /** GS03: one interchange may carry groups for several suppliers. */
  readonly groupReceiver: string
  /** ISA15: `T` test, `P` production. */
  readonly usage: string
  /** ISA13, GS06 and ST02, as in the file. */
  readonly interchange: string
  readonly group: string
  readonly transaction: string
  /** ST01. */
  readonly set: string
  /** 0 = the file's first transaction. */
  readonly index: number
}

interface ServicePointMessage {
  /** BGN02 or BPT02: the utility's own number for this transaction. */
  readonly reference: string
  readonly account: string
  /** REF*LU; null when the utility left it out. */
  readonly servicePoint: string | null
}

interface ResponseMessage extends ServicePointMessage {
  /** LIN01 of our request. */
  readonly id: string
  /** BGN06: BGN02 of our request; null when left out. */
  readonly bgn: string | null
  /** BGN03: the day the utility processed the request, which starts the rescission window. */
  readonly processedOn: CivilDate
}

export interface EnrollmentAccepted extends ResponseMessage {
  readonly kind: 'enrollment-accepted'
  /** The scheduled read: a placeholder until usage comes. */
  readonly startsOn: CivilDate
  /** REF*1P: remarks on an accept, which stays an accept. */
  readonly statuses: readonly string[]
}

export interface EnrollmentRejected extends ResponseMessage {
  readonly kind: 'enrollment-rejected'
  /** REF*7G, at least one. */
  readonly reasons: readonly string[]
}

/** BGN06 `MANUAL`: the utility enrolled a service point nobody asked for, mostly because the account got a new number. */
export interface EnrollmentUnsolicited extends ServicePointMessage {
  readonly kind: 'enrollment-unsolicited'
  readonly processedOn: CivilDate
  readonly startsOn: CivilDate
  /** REF*45. */
  readonly formerAccount: string | null
  /** REF*1P: `BNK` bankruptcy, `UIE` any other reason. */
  readonly statuses: readonly string[]
}

/** The utility takes a service point from us. */
export interface DropByUtility extends ServicePointMessage {
  readonly kind: 'drop-by-utility'
  readonly processedOn: CivilDate
  readonly reason: DropReason
  /** REF*1P as in the file, at least one. */
  readonly codes: readonly string[]
  readonly endsOn: CivilDate | null
}

export interface DropAccepted extends ResponseMessage {
  readonly kind: 'drop-accepted'
  readonly endsOn: CivilDate | null
}

export interface DropRejected extends ResponseMessage {
  readonly kind: 'drop-rejected'
  readonly reasons: readonly string[]
}

/** An 867: the first one of a service point gives the actual start of service. */
export interface MonthlyUsage extends ServicePointMessage {
  readonly kind: 'monthly-usage'
  readonly purpose: 'original' | 'cancellation' | 'replacement'
  /** First and last day of the service period, both inclusive. */
  readonly from: CivilDate
  readonly to: CivilDate
}

export type Acknowledged = 'accepted' | 'accepted-with-errors' | 'partly-accepted' | 'rejected'

/** A 997: the utility could read our group or not. Never an acceptance of an enrollment. */
export interface Acknowledgment {
  readonly kind: 'acknowledgment'
  /** AK101 and AK102: GS01 and GS06 of our group. */
  readonly functionalIdentifier: string
  readonly acknowledgedGroup: string
  readonly verdict: Acknowledged
  /** AK902 to AK904: numbers of sets we said, they received, they accepted. */
  readonly included: number
  readonly received: number
  readonly accepted: number
  /** Sets named by an AK2; a set that is not named shares the group's verdict. `control` is our ST02. */
  readonly transactions: readonly {
    readonly set: string
    readonly control: string
    readonly verdict: Acknowledged
    readonly codes: readonly string[]
  }[]
}

/** A work item: nobody may act on it by program, and it is never dropped. */
export interface Unrecognised {
  readonly kind: 'unrecognised'
  /** One sentence; names segments, never values. */
  readonly why: string
}

export type UtilityStatement =
  | EnrollmentAccepted
  | EnrollmentRejected
  | EnrollmentUnsolicited
  | DropByUtility
  | DropAccepted
  | DropRejected
  | MonthlyUsage
  | Acknowledgment
  | Unrecognised

export type UtilityMessage = UtilityStatement & { readonly source: MessageSource }
