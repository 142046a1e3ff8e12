/**
 * Where an account stands, derived from its journal entries alone (hit policy: the last entry that decides, in order).
 *
 * The conservation table and accounts.csv come from here, never from the row state, so that the two can be held against
 * each other.
 */
import type { Disposition, Eligibility } from './account.js'
import type { EventKind } from './events.js'

export interface AccountEntry {
  readonly kind: EventKind
  readonly data: Readonly<Record<string, unknown>>
}

/** @returns null when no entry ever listed the account: it is lost, and the conservation table says so. */
export function dispositionOf(entries: readonly AccountEntry[]): Disposition | null {
  let at: Disposition | null = null
  for (const entry of entries) at = afterEntry(at, entry)
  return at
}

function afterEntry(at: Disposition | null, { kind, data }: AccountEntry): Disposition | null {
  switch (kind) {
    case 'account-listed':
      return listedAs(data.eligibility as Eligibility)
    case 'account-unlisted':
      return 'ineligible'
    case 'account-unpriced':
      return 'needs-review'
    case 'notice-printed':
    case 'noticed':
    case 're-mailed':
      return at === 'not-noticed' ? 'pending' : at
    case 'notice-returned':
    case 'piece-in-review':
    case 'left-not-noticed':
      return at === 'opted-out' || at === 'rescinded' || at === 'rejected' ? at : 'not-noticed'
    case 'opted-out':
      return at === 'ineligible' || at === 'needs-review' || at === 'opt-in-only' ? at : 'opted-out'
    case 'held-pending':
    case 'rostered':
      return 'pending'
    case 'enrollment-accepted':
    case 'service-started':
      return standsStill(at) ? at : 'enrolled'
    case 'enrollment-rejected':
      if (standsStill(at)) return at
      return data.final === true ? 'rejected' : at
    case 'dropped-by-utility':
      return standsStill(at) ? at : 'rejected'
    case 'account-renumbered':
      return at === 'rejected' && data.resumed === true ? 'enrolled' : at
    case 'rescinded':
      return standsStill(at) ? at : 'rescinded'
    default:
      return at
  }
}

/** Whatever the utility still says of an enrollment that is over, or must not be, moves the account nowhere. */
function standsStill(at: Disposition | null): boolean {
  return at === 'opted-out' || at === 'not-noticed' || at === 'rescinded' || at === 'rejected'
}

/** Until a notice is printed for the household an auto-enroll account counts as not noticed. */
function listedAs(eligibility: Eligibility): Disposition {
  return eligibility === 'auto-enroll' ? 'not-noticed' : eligibility
}
