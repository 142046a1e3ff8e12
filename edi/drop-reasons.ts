/** Why a service point leaves a supplier, in REF*1P of an 814 drop. */

/** To be confirmed with the utility: the Illinois drop guide could not be read (docs/edi.md). */
export const DROP_REASON_CODES = {
  /** The customer withdrew within the rescission window. */
  rescinded: 'EB3',
  /** The supplier lets go: a timely opt-out that came late, the end of the term. */
  'dropped-by-supplier': 'B38',
  'changed-supplier': 'CHA',
  'moved-or-closed': '020',
  other: 'A13',
} as const

export type DropReason = keyof typeof DROP_REASON_CODES

/** Several codes: a rescission decides, then the first one known; an unknown code is `other`. */
export function dropReasonOf(codes: readonly string[]): DropReason {
  const reasons = codes.map((code) =>
    (Object.keys(DROP_REASON_CODES) as DropReason[]).find((reason) => DROP_REASON_CODES[reason] === code),
  )
  return reasons.includes('rescinded')
    ? 'rescinded'
    : (reasons.find((reason) => reason !== undefined && reason !== 'other') ?? 'other')
}
