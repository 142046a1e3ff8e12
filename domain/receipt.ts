/** A reply as recorded, and the verdict on it. */
import type { CivilDate } from './civil-date.js'
import type { Instant } from './instant.js'

export const CHANNELS = ['card', 'phone', 'web', 'email', 'fax', 'counter'] as const
export type Channel = (typeof CHANNELS)[number]

export interface Reply {
  readonly channel: Channel
  /** The postal service's mark on a card; null when there is none or it cannot be read. */
  readonly postmark: CivilDate | null
  readonly received: Instant
  /** Counts for cards only. */
  readonly signed: boolean
}

export type TimelinessVerdict = 'timely' | 'late' | 'needs-a-person'

export interface Judgement {
  readonly verdict: TimelinessVerdict
  /** One sentence with both dates. */
  readonly why: string
  readonly clause: string
}
