/** The timeline of a program for people: the journal's entries put into lines, whole and as a digest. */
import { addDays, type CivilDate, dayOfWeek } from './civil-date.js'
import { type Slot, sayEvent, slotsOf } from './event-sentence.js'
import { EVENT_CATALOGUE, type EventKind, type EventKindEntry, sentenceForMany } from './events.js'
import { dateIn, type Instant, type Zone } from './instant.js'

export interface TimelineLine {
  /** Local date on which the ledger learned of it; the Monday of a line that counts a week. */
  readonly date: CivilDate
  /** The same day, or the Sunday of the week. */
  readonly through: CivilDate
  /** Program time of the first of the entries behind the line. */
  readonly at: Instant
  readonly what: string
  /** Every clause that the entries name, in order of appearance; null when they name none. */
  readonly clause: string | null
  readonly clauses: readonly string[]
  /** Entries behind the line. */
  readonly count: number
  readonly kind: EventKind
  /** Null when the line is about the whole program, or about several cohorts. */
  readonly cohort: string | null
}

export interface Timeline {
  /** Every entry about the program; entries about accounts counted by day, cohort and wording. */
  readonly lines: readonly TimelineLine[]
  /** The same with like lines of one day, or for small daily numbers of one week, put together. */
  readonly digest: readonly TimelineLine[]
}

/** An entry of the journal, as far as a timeline tells it. */
export interface TimelineEvent {
  readonly seq: number
  readonly kind: EventKind
  readonly cohort: string | null
  readonly recordedAt: Instant
  readonly clause: string | null
  readonly data: Readonly<Record<string, unknown>>
}

export interface TimelineBuilder {
  /** Entries come in the order of `seq`. */
  add(event: TimelineEvent): void
  build(): Timeline
}

export function createTimeline(zone: Zone): TimelineBuilder {
  const lines = new Map<string, Group>()
  const digest = new Map<string, Group>()
  return {
    add(event) {
      const entry: EventKindEntry = EVENT_CATALOGUE[event.kind]
      if (entry.about === 'account' && entry.many === undefined) return
      const seen: Seen = {
        ...event,
        date: dateIn(zone, event.recordedAt),
        sentence: sentenceForMany(event.kind, event.data),
        byWeek: entry.digest === 'by-week',
      }
      gather(lines, entry.about === 'program' ? String(event.seq) : keyOf(seen, seen.date, event.cohort, texts), {
        ...seen,
        byWeek: false,
      })
      if (entry.digest === 'left-out') return
      const key = seen.byWeek
        ? keyOf(seen, mondayOf(seen.date), null, plainTexts)
        : keyOf(seen, seen.date, event.cohort, plainTexts)
      gather(digest, seen.sentence === undefined ? String(event.seq) : key, seen)
    },
    build: () => ({ lines: inOrder(lines), digest: inOrder(digest) }),
  }
}

interface Seen extends TimelineEvent {
  readonly date: CivilDate
  /** For several at once; undefined when they are told one by one. */
  readonly sentence: string | undefined
  readonly byWeek: boolean
}

interface Group extends Seen {
  count: number
  cohorts: Set<string | null>
  clauses: Set<string>
  facts: Map<string, number | Map<string, number>>
}

const texts = (_: Slot): boolean => true
const plainTexts = (slot: Slot): boolean => slot.form === 'value'

/** Entries with the same key become one line. @param decides whether the text in a slot keeps entries apart */
function keyOf(seen: Seen, period: string, cohort: string | null, decides: (slot: Slot) => boolean): string {
  const apart = slotsOf(seen.sentence ?? '')
    .filter(decides)
    .map((slot) => seen.data[slot.name])
    .filter((value) => typeof value === 'string')
  return JSON.stringify([period, seen.kind, cohort, seen.sentence, ...apart])
}

function gather(groups: Map<string, Group>, key: string, seen: Seen): void {
  const group = groups.get(key) ?? { ...seen, count: 0, cohorts: new Set(), clauses: new Set(), facts: new Map() }
  groups.set(key, group)
  group.count += 1
  group.cohorts.add(seen.cohort)
  if (seen.clause !== null) group.clauses.add(seen.clause)
  for (const { name } of slotsOf(seen.sentence ?? '')) {
    const value = seen.data[name]
    const before = group.facts.get(name)
    if (typeof value === 'number') group.facts.set(name, (typeof before === 'number' ? before : 0) + value)
    else if (typeof value === 'string') {
      const tally = before instanceof Map ? before : new Map<string, number>()
      group.facts.set(name, tally.set(value, (tally.get(value) ?? 0) + 1))
    }
  }
}

/** What is counted by the week stands after the days of that week. */
function inOrder(groups: ReadonlyMap<string, Group>): TimelineLine[] {
  const lines = [...groups.values()].map((group) => {
    const clauses = [...group.clauses]
    const monday = mondayOf(group.date)
    const line: TimelineLine = {
      date: group.byWeek ? monday : group.date,
      through: group.byWeek ? addDays(monday, 6) : group.date,
      at: group.recordedAt,
      what: say(group),
      clause: clauses.length === 0 ? null : clauses.join('; '),
      clauses,
      count: group.count,
      kind: group.kind,
      cohort: group.cohorts.size === 1 ? ([...group.cohorts][0] ?? null) : null,
    }
    return { line, seq: group.seq, byWeek: group.byWeek }
  })
  return lines
    .sort((a, b) =>
      a.line.through < b.line.through
        ? -1
        : a.line.through > b.line.through
          ? 1
          : Number(a.byWeek) - Number(b.byWeek) || a.seq - b.seq,
    )
    .map(({ line }) => line)
}

function say(group: Group): string {
  const entry: EventKindEntry = EVENT_CATALOGUE[group.kind]
  if (group.sentence === undefined || (entry.about === 'program' && group.count === 1))
    return sayEvent(entry.one, group.data)
  return sayEvent(group.sentence, { ...Object.fromEntries(group.facts), n: group.count })
}

function mondayOf(date: CivilDate): CivilDate {
  return addDays(date, 1 - dayOfWeek(date))
}
