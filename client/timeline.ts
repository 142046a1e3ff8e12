/** The timeline of a program for people: one line per thing that happened, replies and answers counted by day. */
import type { Kysely } from 'kysely'
import { EVENT_CATALOGUE, type EventKindEntry, sayEvent } from '../domain/events.js'
import { dateIn, type Instant, type Zone } from '../domain/instant.js'
import { isEventKind } from '../persistence/ledger/journal.js'
import type { Tables } from '../persistence/tables.js'

export interface TimelineLine {
  /** Local date on which the ledger learned of it. */
  readonly date: string
  /** Program time of the first of the entries counted here. */
  readonly at: Instant
  readonly what: string
  readonly clause: string | null
  /** Entries behind the line. */
  readonly count: number
  readonly kind: string
}

/** Entries of one kind on one day and of one wording become one line. */
export async function timelineOf(db: Kysely<Tables>, programId: string, zone: Zone): Promise<TimelineLine[]> {
  const lines = new Map<string, TimelineLine & { first: number }>()
  let after = 0
  for (;;) {
    const events = await db
      .selectFrom('event')
      .select(['seq', 'kind', 'recorded_at', 'clause', 'data'])
      .where('program_id', '=', programId)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(ROWS)
      .execute()
    const last = events.at(-1)
    if (last === undefined) break
    after = last.seq
    for (const event of events) {
      if (!isEventKind(event.kind)) continue
      const entry: EventKindEntry = EVENT_CATALOGUE[event.kind]
      if (entry.many === undefined) continue
      const date = dateIn(zone, event.recorded_at)
      const sentence = entry.about === 'program' ? sayEvent(entry.one, event.data) : sayEvent(entry.many, { ...event.data, n: '{n}' })
      const key = `${date} ${event.kind} ${sentence}`
      const before = lines.get(key)
      if (before === undefined) lines.set(key, { date, at: event.recorded_at, what: sentence, clause: event.clause, count: 1, kind: event.kind, first: event.seq })
      else lines.set(key, { ...before, count: before.count + 1 })
    }
  }
  return [...lines.values()].sort((a, b) => a.first - b.first).map(({ first: _, ...line }) => ({ ...line, what: line.what.replace('{n}', String(line.count)) }))
}

/** Read at a time, so that a year of a large program does not fill the memory. */
const ROWS = 5_000
