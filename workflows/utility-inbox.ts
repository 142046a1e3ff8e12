/**
 * `utilityInbox`: one inbound file, already stored verbatim under its hash. Applied once, in chunks; the cohorts concerned are
 * told by the outbox.
 */
import { ledger } from './activity-proxies.js'
import { type ProgramTime, startClock } from './program-time.js'

export interface InboxInput {
  readonly programId: string
  readonly sha256: string
  readonly time: ProgramTime
}

export async function utilityInbox(input: InboxInput): Promise<void> {
  const clock = startClock(input.time)
  for (;;) {
    const chunk = await ledger.applyInboundChunk({
      programId: input.programId,
      sha256: input.sha256,
      asOf: clock.now(),
    })
    if (chunk.done) return
  }
}
