/**
 * Undoing an enrollment that a timely reply, or a notice that never arrived, overtook: always without fee and with a letter.
 *
 * Stage by stage: pulled from a file that was not sent; a drop request once the utility has accepted; a drop at the next read when
 * service has begun, or when the cut-off of the read with which it begins is past. Mahomet plan, Implementation Procedures E.3
 * (ruling R-006).
 */
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import { cutoffFor, isInTimeForCutoff } from '../../domain/cutoff.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { ReadChoice } from '../../domain/read-choice.js'
import type { Database } from '../database.js'
import type { Row } from '../tables.js'
import { CHUNK_ACCOUNTS } from './chunks.js'
import { takeNumbers } from './counters.js'
import { appendEvents, type Occasion, type Trx } from './journal.js'
import { addBatch } from './print-batches.js'
import { readReadDates } from './programs.js'
import { choiceFor, newRequest, noteNoRead, placed } from './enrollment-requests.js'

/** Row states whose enrollment must not go on. */
export const OVERTAKEN = ['opted-out', 'returned', 'not-noticed'] as const

type LiveRequest = Pick<
  Row<'request'>,
  'request_id' | 'account_id' | 'service_point' | 'state' | 'read_on' | 'bill_group' | 'interchange_id' | 'attempt'
> &
  Pick<Row<'service_point'>, 'billing_type' | 'rate_class'>

/** Handles every overtaken request whose stage allows something to be done now; those sent and not yet answered come back later. */
export async function planUndos(db: Database, occasion: Occasion, cohort: string, terms: PlanTerms): Promise<void> {
  const readDates = await readReadDates(db.kysely, occasion.programId)
  for (;;) {
    const handled = await db.tx((trx) => undoChunk(trx, occasion, cohort, terms, readDates))
    if (handled === 0) return
  }
}

/** Overtaken enrollments that can be undone now. One in a file whose bytes are fixed goes out with it and is dropped later. */
export function overtakenRequests(trx: Trx, programId: string, cohort: string) {
  return trx
    .selectFrom('request')
    .innerJoin('account', 'account.account_id', 'request.account_id')
    .where('request.program_id', '=', programId)
    .where('request.cohort', '=', cohort)
    .where('request.kind', '=', 'enroll')
    .where('request.state', 'in', ['planned', 'no-read', 'batched', 'accepted', 'started'])
    .where('account.state', 'in', [...OVERTAKEN])
    .where((eb) =>
      eb.or([
        eb('request.state', '!=', 'batched'),
        eb.exists(
          eb
            .selectFrom('interchange')
            .select('interchange.interchange_id')
            .whereRef('interchange.interchange_id', '=', 'request.interchange_id')
            .where('interchange.state', '=', 'planned'),
        ),
      ]),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('request as d')
            .select('d.request_id')
            .whereRef('d.account_id', '=', 'request.account_id')
            .whereRef('d.service_point', '=', 'request.service_point')
            .whereRef('d.attempt', '=', 'request.attempt')
            .where('d.kind', '=', 'drop'),
        ),
      ),
    )
}

async function undoChunk(
  trx: Trx,
  occasion: Occasion,
  cohort: string,
  terms: PlanTerms,
  readDates: ReadonlyMap<string, readonly CivilDate[]>,
): Promise<number> {
  const found: LiveRequest[] = await overtakenRequests(trx, occasion.programId, cohort)
    .innerJoin('service_point', (join) =>
      join
        .onRef('service_point.account_id', '=', 'request.account_id')
        .onRef('service_point.service_point', '=', 'request.service_point'),
    )
    .select([
      'request.request_id',
      'request.account_id',
      'request.service_point',
      'request.state',
      'request.read_on',
      'request.bill_group',
      'request.interchange_id',
      'request.attempt',
      'service_point.billing_type',
      'service_point.rate_class',
    ])
    .orderBy('request.request_id')
    .limit(CHUNK_ACCOUNTS)
    .forUpdate('request')
    .execute()
  const live = await withoutFixed(trx, found)
  if (live.length === 0) return 0
  const unsent = live.filter(
    (request) => request.state === 'planned' || request.state === 'no-read' || request.state === 'batched',
  )
  const drops = live.filter((request) => request.state === 'accepted' || request.state === 'started')
  const stages = new Map(live.map((request) => [request.request_id, STAGE[request.state] ?? '']))
  if (unsent.length > 0) {
    await trx
      .updateTable('request')
      .set({ state: 'pulled' })
      .where(
        'request_id',
        'in',
        unsent.map((each) => each.request_id),
      )
      .execute()
  }
  if (drops.length > 0) {
    const first = await takeNumbers(trx, 'request', drops.length)
    const year = occasion.at.slice(0, 4)
    const chosen = drops.map((request) => ({
      request,
      accountId: request.account_id,
      choice: dropChoice(request, readDates, occasion, terms),
    }))
    for (const { request, choice } of chosen) if (choice !== null) stages.set(request.request_id, AT_NEXT_READ)
    await trx
      .insertInto('request')
      .values(
        chosen.map(({ request, choice }, index) => ({
          ...newRequest(occasion.programId, cohort, request, 'drop', request.attempt, first + index, year),
          ...(choice === null ? ownRead(request, occasion) : placed(choice, occasion)),
        })),
      )
      .execute()
    await noteNoRead(
      trx,
      occasion,
      cohort,
      chosen.flatMap(({ accountId, choice }) => (choice === null ? [] : [{ accountId, choice }])),
    )
  }
  const clause = clauseOf(terms.mailGraceDays)
  await appendEvents(
    trx,
    occasion,
    live.map((request) => ({
      kind: 'undone' as const,
      cohort,
      accountId: request.account_id,
      clause,
      data: { stage: stages.get(request.request_id) ?? '' },
    })),
  )
  const accounts = [...new Set(live.map((request) => request.account_id))]
  const letters = await trx
    .selectFrom('account')
    .select('account_id')
    .where('account_id', 'in', accounts)
    .where('state', '=', 'opted-out')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('piece')
            .select('piece_id')
            .whereRef('piece.account_id', '=', 'account.account_id')
            .where('piece.kind', '=', 'undo'),
        ),
      ),
    )
    .orderBy('account_id')
    .execute()
  if (letters.length > 0) {
    const ids = letters.map((each) => each.account_id)
    await addBatch(trx, { programId: occasion.programId, cohort }, 0, 'undo', ids)
    await appendEvents(
      trx,
      occasion,
      ids.map((accountId) => ({
        kind: 'undo-letter' as const,
        cohort,
        accountId,
        clause: clauseOf(terms.fees.earlyTermination),
      })),
    )
  }
  return live.length
}

/** Leaves out what a sender has put into a file's bytes since the requests were looked up. */
async function withoutFixed(trx: Trx, requests: readonly LiveRequest[]): Promise<readonly LiveRequest[]> {
  const files = new Set(requests.flatMap((each) => (each.state === 'batched' ? [each.interchange_id] : [])))
  const ids = [...files].filter((id) => id !== null)
  if (ids.length === 0) return requests
  const planned = await trx
    .selectFrom('interchange')
    .select('interchange_id')
    .where('interchange_id', 'in', ids)
    .where('state', '=', 'planned')
    .orderBy('interchange_id')
    .forUpdate()
    .execute()
  const open = new Set<number | null>(planned.map((row) => row.interchange_id))
  return requests.filter((each) => each.state !== 'batched' || open.has(each.interchange_id))
}

const AT_NEXT_READ = 'drop at the next read'
const STAGE: Readonly<Record<string, string>> = {
  planned: 'taken off the list of requests before any was sent',
  'no-read': 'taken off the list of requests before any was sent',
  batched: 'pulled from a file that was not sent',
  accepted: 'drop request before service begins',
  started: AT_NEXT_READ,
}

/** While service can still be kept from beginning the drop names the enrollment's own read (null); afterwards the next one in reach. */
function dropChoice(
  request: LiveRequest,
  readDates: ReadonlyMap<string, readonly CivilDate[]>,
  occasion: Occasion,
  terms: PlanTerms,
): ReadChoice | null {
  const stops =
    request.state === 'accepted' &&
    (request.read_on === null || isInTimeForCutoff(occasion.at, cutoffFor(request.read_on, terms)))
  return stops ? null : choiceFor(request, readDates, occasion, terms)
}

function ownRead(request: LiveRequest, occasion: Occasion) {
  return { state: 'planned' as const, read_on: request.read_on, submit_at: occasion.at, cutoff_at: null }
}
