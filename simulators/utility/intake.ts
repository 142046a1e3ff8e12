/** What the simulated utility does with a file that a supplier put: acknowledge it, judge what it asks for, and answer. */
import { createHash } from 'node:crypto'
import { addMinutes, instantAt, localDate, millisOf } from '../central-time.js'
import { addDays, processingDate } from './calendar.js'
import { decide } from './decisions.js'
import { acknowledgment, response, type Decision, type Letterhead } from './messages.js'
import { read814, type Request814 } from './request.js'
import { RULES } from './rules.js'
import type { Job, UtilityState, UtilityWorld } from './state.js'
import { readInterchange, type ReadGroup, type ReadInterchange } from './x12.js'

export interface ReceivedFile {
  readonly name: string
  readonly content: Buffer
  /** Instant of receipt, UTC. */
  readonly at: string
}

/** AK905 of an interchange whose number was used before: no code says it better than a bad control number. */
const REPEATED = '6'
/** AK905 of a group that a supplier has no reason to send. */
const NOT_SUPPORTED = '1'

/** The answers to be sent, or in one clause why the file is refused whole and gets none. */
export function takeIn(
  file: ReceivedFile,
  state: UtilityState,
  world: UtilityWorld,
  letterhead: Letterhead,
): { readonly jobs: readonly Job[]; readonly refused: string | null } {
  const fingerprint = `${file.name} ${createHash('sha256').update(file.content).digest('hex')}`
  if (state.files.has(fingerprint)) return { jobs: [], refused: null }
  state.files.add(fingerprint)
  const read = readInterchange(file.content)
  if (!read.ok) return { jobs: [], refused: read.why }
  const { interchange } = read
  if (interchange.receiver !== world.id) return { jobs: [], refused: 'it is addressed to somebody else' }

  state.usage.set(interchange.sender, interchange.usage)
  const stamp = `${interchange.sender} ${interchange.control}`
  const isRepeated = state.interchanges.has(stamp)
  state.interchanges.add(stamp)
  const jobs: Job[] = []
  // An acknowledgment is never acknowledged.
  if (interchange.groups.some(({ functional }) => functional !== 'FA'))
    jobs.push(acknowledge(interchange, file.at, isRepeated))
  const sets = isRepeated
    ? []
    : interchange.groups.filter((group) => faultOf(group) === null).flatMap(({ transactions }) => transactions)
  const requests = sets.filter(({ fault }) => fault === null).map(({ segments }) => read814(segments))
  if (requests.length > 0) jobs.push(answer(requests, file, interchange, state, world, letterhead))
  return { jobs, refused: null }
}

function acknowledge(interchange: ReadInterchange, at: string, isRepeated: boolean): Job {
  const groups = interchange.groups.filter(({ functional }) => functional !== 'FA')
  const transactions = groups.map((group) => acknowledgment(group, isRepeated ? REPEATED : faultOf(group)))
  const isWhole = transactions.every((segments) => segments.at(-1)?.[1] === 'A')
  return {
    do: 'send',
    at: addMinutes(at, RULES.acknowledgedAfterMinutes),
    what: `The utility acknowledges interchange ${interchange.control}: ${isWhole ? 'accepted' : 'not accepted in full'}`,
    functional: 'FA',
    to: interchange.sender,
    usage: interchange.usage,
    transactions,
  }
}

function faultOf(group: ReadGroup): string | null {
  const isWanted = group.functional === 'GE' && group.transactions.every(({ set }) => set === '814')
  return group.fault ?? (isWanted ? null : NOT_SUPPORTED)
}

/** One file of answers per file of requests. */
function answer(
  requests: readonly Request814[],
  { name, at }: ReceivedFile,
  to: ReadInterchange,
  state: UtilityState,
  world: UtilityWorld,
  letterhead: Letterhead,
): Job {
  const processed = processingDate(at, world.calendar)
  const before = state.enrollments.length
  const decisions = requests.map((request) => decide(request, { file: name, at, processed }, state, world))
  const answeredAt = instantAt(addDays(processed, 1), RULES.responsesAt)
  for (const actual of new Set(state.enrollments.slice(before).map((entry) => entry.actual))) {
    reportStart(actual, answeredAt, state)
  }
  return {
    do: 'send',
    at: answeredAt,
    what: `The utility answers ${requests.length} requests: ${verdictsOf(decisions)}`,
    functional: 'GE',
    to: to.sender,
    usage: to.usage,
    transactions: requests.map((request, place) =>
      response(request, decisions[place] as Decision, processed, letterhead),
    ),
  }
}

/**
 * Has the start looked at on the morning after, once for all service points of the day.
 * A start scripted into the past is seen on the morning of the answer.
 */
export function reportStart(actual: string, answeredAt: string, state: UtilityState): void {
  const usual = instantAt(addDays(actual, 1), RULES.startReportsAt)
  const isPast = millisOf(usual) <= millisOf(answeredAt)
  const at = isPast ? instantAt(localDate(answeredAt), RULES.startReportsAt) : usual
  if (state.jobs.some((job) => job.do === 'report-starts' && job.at === at)) return
  state.jobs.push({ do: 'report-starts', at })
}

function verdictsOf(decisions: readonly Decision[]): string {
  const counts = new Map<string, number>()
  for (const decision of decisions) {
    const verdict = decision.accepted ? 'accepted' : `rejected ${decision.code}`
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  }
  return [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ')
}
