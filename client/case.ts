/** A case: the story of one account in order, each line with clause and actor, and what comes next. */
import { sayEvent } from '../domain/event-sentence.js'
import { EVENT_CATALOGUE, type EventKindEntry } from '../domain/events.js'
import { dispositionOf } from '../domain/disposition.js'
import type { Instant } from '../domain/instant.js'
import { accepted, refused } from '../domain/refusal.js'
import { cohortId } from '../domain/run-ids.js'
import { deadlinesOf } from '../persistence/ledger/deadlines.js'
import { isEventKind } from '../persistence/ledger/journal.js'
import { asListed } from '../persistence/ledger/account-numbers.js'
import type { Answer, Desk } from './desk.js'

export interface CaseLine {
  readonly at: Instant
  readonly effective: string
  readonly what: string
  readonly clause: string | null
  readonly actor: string
}

export interface Case {
  readonly disposition: string | null
  readonly state: string
  readonly deadline: string | null
  readonly story: readonly CaseLine[]
  readonly next: { readonly what: string; readonly at: Instant | null }
  readonly toDo: readonly { readonly item: number; readonly what: string }[]
}

/** @param account the utility's account number, of the list or a later one */
export async function caseOf(desk: Desk, programId: string, account: string): Answer<Case> {
  const db = desk.database.kysely
  const [listed] = await asListed(db, programId, [{ accountNumber: account, servicePoint: null }])
  const row = await db
    .selectFrom('account')
    .select(['account_id', 'cohort', 'state', 'eligibility'])
    .where('program_id', '=', programId)
    .where('account_number', '=', listed?.accountNumber ?? account)
    .executeTakeFirst()
  if (row === undefined)
    return refused(
      'NO_SUCH_ACCOUNT',
      'The utility listed no such account for this program; compare the number with the list.',
    )
  const events = await db
    .selectFrom('event')
    .selectAll()
    .where('account_id', '=', row.account_id)
    .orderBy('seq')
    .execute()
  const known = events.flatMap((event) => (isEventKind(event.kind) ? [{ ...event, kind: event.kind }] : []))
  const items = await db
    .selectFrom('work_item')
    .select(['item_id', 'message'])
    .where('account_id', '=', row.account_id)
    .where('closed_at', 'is', null)
    .orderBy('item_id')
    .execute()
  const run =
    row.cohort === null
      ? undefined
      : await db
          .selectFrom('run')
          .select(['waiting_for', 'next_due'])
          .where('workflow_id', '=', cohortId(programId, row.cohort))
          .executeTakeFirst()
  const deadline = (await deadlinesOf(db, [row.account_id])).get(row.account_id)?.deadline ?? null
  return accepted({
    disposition: dispositionOf(known),
    state: row.state,
    deadline,
    story: known.map((event) => {
      const entry: EventKindEntry = EVENT_CATALOGUE[event.kind]
      return {
        at: event.recorded_at,
        effective: event.effective,
        what: sayEvent(entry.one, event.data),
        clause: event.clause,
        actor: event.actor,
      }
    }),
    next: (await dropOnItsWay(db, row.account_id))
      ? { what: 'the utility’s answer to the drop request', at: null }
      : nextOf(row.state, row.eligibility, run),
    toDo: items.map((item) => ({ item: item.item_id, what: item.message })),
  })
}

/** An enrollment is being undone, and the utility has not said yes yet. */
async function dropOnItsWay(db: Desk['database']['kysely'], accountId: number): Promise<boolean> {
  const drop = await db
    .selectFrom('request')
    .select('request_id')
    .where('account_id', '=', accountId)
    .where('kind', '=', 'drop')
    .where('state', 'in', ['planned', 'batched', 'sent'])
    .limit(1)
    .executeTakeFirst()
  return drop !== undefined
}

const OVER = ['opted-out', 'rescinded', 'rejected', 'not-noticed', 'unlisted']

function nextOf(
  state: string,
  eligibility: string,
  run: { readonly waiting_for: string; readonly next_due: Instant | null } | undefined,
): Case['next'] {
  if (eligibility !== 'auto-enroll') return { what: 'nothing: the account is not enrolled automatically', at: null }
  if (OVER.includes(state)) return { what: 'nothing in this cycle', at: null }
  if (state === 'in-service') return { what: 'service goes on until the term ends', at: null }
  return run === undefined ? { what: 'the award', at: null } : { what: run.waiting_for, at: run.next_due }
}
