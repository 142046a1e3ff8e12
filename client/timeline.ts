/** Reads the timeline of a program. */
import type { Kysely } from 'kysely'
import type { Zone } from '../domain/instant.js'
import { createTimeline, type Timeline } from '../domain/timeline.js'
import { isEventKind } from '../persistence/ledger/journal.js'
import type { Tables } from '../persistence/tables.js'

/** @param people what to call the users who are named, for example by their role; others keep their user names */
export async function timelineOf(
  db: Kysely<Tables>,
  programId: string,
  zone: Zone,
  people: ReadonlyMap<string, string> = new Map(),
): Promise<Timeline> {
  const timeline = createTimeline(zone)
  let after = 0
  for (;;) {
    const events = await db
      .selectFrom('event')
      .select(['seq', 'kind', 'cohort', 'recorded_at', 'clause', 'data'])
      .where('program_id', '=', programId)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(ROWS)
      .execute()
    const last = events.at(-1)
    if (last === undefined) return timeline.build()
    after = last.seq
    for (const { kind, recorded_at: recordedAt, ...event } of events) {
      if (!isEventKind(kind)) continue
      const { person } = event.data
      const data = typeof person === 'string' ? { ...event.data, person: people.get(person) ?? person } : event.data
      timeline.add({ ...event, kind, recordedAt, data })
    }
  }
}

/** Read at a time, so that a year of a large program does not fill the memory. */
const ROWS = 5_000
