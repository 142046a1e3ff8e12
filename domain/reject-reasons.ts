/** A reject may carry several reason codes; one of them decides what happens to the request. */
import type { RejectHandling, UtilityTerms } from './plan.js'

/** Most severe first: what would spoil further requests, then what a person must see, then what ends or moves this one. */
const BY_SEVERITY: readonly RejectHandling[] = [
  'stop-batch',
  'our-error',
  'person',
  'terminal',
  'reschedule',
  'already-submitted',
]

/**
 * The code that decides, with its handling. A code the utility's table does not have is for a person.
 *
 * @param codes REF*7G as in the file, at least one
 */
export function decidingReason(
  codes: readonly string[],
  rejectCodes: UtilityTerms['rejectCodes'],
): { readonly code: string; readonly handling: RejectHandling } {
  const reasons = codes.map((code) => ({ code, handling: rejectCodes[code]?.handling ?? ('person' as const) }))
  reasons.sort((a, b) => BY_SEVERITY.indexOf(a.handling) - BY_SEVERITY.indexOf(b.handling))
  return reasons[0] ?? { code: '', handling: 'person' }
}
