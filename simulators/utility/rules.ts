/**
 * What the simulated utility publishes about itself: its numbers, its hours (Central Prevailing Time) and reason codes.
 *
 * They are its own and read by nobody else. Where they differ from a plan's view of the utility, the utility is right:
 * that is how a mistake on our side shows.
 */

/** Why a request is rejected (REF*7G). Cite: CPWG reason codes for rejection and status, as Ameren Illinois lists them. */
export type RejectCode = '008' | 'A13' | 'A76' | 'ABN' | 'API' | 'DIV' | 'FRB' | 'NFI' | 'UND'

export const REJECT_TEXTS: Readonly<Record<RejectCode, string>> = {
  '008': 'ACCOUNT IS NOT ACTIVE',
  A13: 'OTHER',
  A76: 'ACCOUNT NOT FOUND',
  ABN: 'DUPLICATE REQUEST',
  API: 'REQUIRED INFORMATION MISSING',
  DIV: 'DATE TOO FAR AHEAD',
  FRB: 'INCORRECT BILLING OPTION',
  NFI: 'NOT FIRST IN',
  UND: 'SUPPLIER NOT IDENTIFIED',
}

export const RULES = {
  /** Calendar days before the read or anchor, and the local minute, inclusive. Cite: the same; taken for every account. */
  cutoffDays: 7,
  cutoffAt: '17:45',
  /** A file received later than this is worked on the next processing day. Cite: the same hour, our reading. */
  processingCloses: '17:45',
  /** Calendar days from processing to the start asked for, inclusive. Cite: CPWG reason code DIV. */
  maxLeadDays: 45,
  /** Business days around the scheduled read. Cite: Ameren Illinois supplier FAQ on enrollments, billing window. */
  billingWindow: { before: 2, after: 1 },
  /** Calendar days after processing; a last day without business moves to the next one with. Cite: 83 Ill. Adm. Code 412, ICC docket 09-0592. */
  rescissionDays: 10,
  /** Minutes from receipt to the functional acknowledgment. No source: a gateway's usual run. */
  acknowledgedAfterMinutes: 20,
  /** Local times of what it sends. No source: batch hours of this simulation. */
  responsesAt: '06:00',
  startReportsAt: '07:00',
  listsAt: '09:00',
  rescissionsAt: '10:00',
  /** Rescissions of an enrollment that was received and worked on the same day after the first run. */
  lateRescissionsAt: '20:00',
  /** REF*BLT and REF*PC of its single bill. Cite: CPWG 814 enrollment guide v1.1, change 8. */
  billingOption: 'LDC',
  /** Reason of a drop because the customer rescinded. Cite: docs/edi.md, to be confirmed with the utility. */
  rescissionReason: 'EB3',
  /** Of this many service points one starts on another day of its billing window than the scheduled read. No source. */
  oneInStartsOffSchedule: 8,
} as const
