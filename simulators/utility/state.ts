/** What the simulated utility remembers, and what it will do next. Plain data, so that a snapshot can carry it over a restart. */
import type { PartyRefusal } from '../answer.js'
import type { UtilityCalendar } from './calendar.js'
import type { RejectCode } from './rules.js'
import type { KnownServicePoint } from './service-points.js'
import type { Segment } from './x12.js'

/** External facts that nobody can compute. Dates are civil; accounts are the utility's own numbers. */
export interface UtilityScript {
  /** The account's first enrollment requests (all its service points in that file) get this code; `ABN` keeps the enrollment. */
  readonly rejects?: readonly { readonly account: string; readonly code: RejectCode }[]
  readonly rescissions?: readonly { readonly account: string; readonly on: string }[]
  /** Accounts that exist but are not active: 008. */
  readonly inactive?: readonly string[]
  /** Accounts that another supplier was first to enroll: NFI. */
  readonly firstIn?: readonly string[]
  /** The day a service really starts; it may lie outside the billing window. */
  readonly actualStarts?: readonly { readonly account: string; readonly on: string }[]
}

/** A service point on the way to a supplier, or on it. */
export interface Enrollment {
  readonly accountNumber: string
  readonly servicePoint: string
  readonly supplier: string
  readonly customer: string
  /** The read or anchor asked for: the placeholder of the response. */
  readonly scheduled: string
  readonly processed: string
  /** The day on which service really starts, known to nobody else before it is reported. */
  readonly actual: string
  state: 'pending' | 'started' | 'cancelled'
  /** The read with which a drop takes effect, once there is one. */
  endsOn: string | null
}

/** Something to do at an instant. Files are made then, so that control numbers follow the order of sending. */
export type Job =
  | {
      readonly do: 'send'
      readonly at: string
      readonly what: string
      readonly functional: 'FA' | 'GE'
      readonly to: string
      readonly usage: string
      readonly transactions: readonly (readonly Segment[])[]
    }
  | { readonly do: 'rescind'; readonly at: string; readonly late: boolean }
  | { readonly do: 'report-starts'; readonly at: string }
  /** A file that is ready: a customer list, or one of its own that was held back. */
  | {
      readonly do: 'put'
      readonly at: string
      readonly what: string
      readonly directory: string
      readonly name: string
      readonly base64: string
    }

export interface UtilityState {
  /** Last ISA13, GS06 and id given out. */
  control: number
  group: number
  id: number
  /** Name and hash of every file taken in: the same file under the same name is one file. */
  readonly files: Set<string>
  /** Sender and ISA13 of every interchange taken in. */
  readonly interchanges: Set<string>
  /** Every LIN01 and BGN02 of a supplier, with what it was. */
  readonly requestIds: Set<string>
  /** Account → the file in which its scripted reject was used. */
  readonly rejectsUsed: Map<string, string>
  readonly servicePoints: Map<string, KnownServicePoint>
  readonly enrollments: Enrollment[]
  /** `servicePoint` → its last enrollment in `enrollments`. */
  readonly current: Map<string, Enrollment>
  /** Scripted rescissions that were carried out or refused, by account and day. */
  readonly rescinded: Set<string>
  /** ISA15 each supplier last wrote, for what is sent unasked. */
  readonly usage: Map<string, string>
  jobs: Job[]
  readonly refusals: PartyRefusal[]
}

/** What stays the same for the life of the utility. */
export interface UtilityWorld {
  readonly id: string
  readonly name: string
  readonly readDates: Readonly<Record<string, readonly string[]>>
  readonly calendar: UtilityCalendar
  readonly suppliers: readonly string[]
  readonly script: UtilityScript
}

export function newState(servicePoints: readonly KnownServicePoint[]): UtilityState {
  return {
    control: 0,
    group: 0,
    id: 0,
    files: new Set(),
    interchanges: new Set(),
    requestIds: new Set(),
    rejectsUsed: new Map(),
    servicePoints: new Map(servicePoints.map((point) => [point.servicePoint, point])),
    enrollments: [],
    current: new Map(),
    rescinded: new Set(),
    usage: new Map(),
    jobs: [],
    refusals: [],
  }
}

/** JSON; `stateFrom` reads it again. Holds account numbers: it belongs beside the data, not into a log. */
export function snapshotOf(state: UtilityState): string {
  const { current, ...kept } = state
  return JSON.stringify(kept, (_key, value) =>
    value instanceof Set ? { set: [...value] } : value instanceof Map ? { map: [...value] } : value,
  )
}

export function stateFrom(snapshot: string): UtilityState {
  const kept = JSON.parse(snapshot, (_key, value) =>
    Array.isArray(value?.set) ? new Set(value.set) : Array.isArray(value?.map) ? new Map(value.map) : value,
  ) as Omit<UtilityState, 'current'>
  return { ...kept, current: new Map(kept.enrollments.map((entry) => [entry.servicePoint, entry])) }
}
