/** Status: what runs, what is due next and why, what waits for whom, what is late. Reads the ledger alone, so it works while Temporal is down. */
import type { Instant } from '../domain/instant.js'
import { isBefore } from '../domain/instant.js'
import { undecidedSendings } from '../persistence/ledger/undecided-sendings.js'
import type { Desk } from './desk.js'

export interface StatusRun {
  readonly run: string
  readonly phase: string
  readonly waitingFor: string
  readonly nextDue: Instant | null
}

export interface Status {
  readonly program: string
  readonly now: Instant
  readonly runs: readonly StatusRun[]
  readonly toDo: readonly {
    readonly item: number
    readonly kind: string
    readonly what: string
    readonly clause: string | null
    readonly due: Instant | null
    readonly late: boolean
  }[]
  /** Open work items beyond those listed. */
  readonly moreToDo: number
  readonly stopped: readonly { readonly party: string; readonly why: string; readonly by: string }[]
  readonly unknownSendings: readonly {
    readonly sending: number
    readonly party: string
    readonly subject: string
    readonly reply: string | null
  }[]
  readonly drops: readonly {
    readonly cohort: string
    readonly drop: number
    readonly plannedOn: string
    readonly pieces: number
    readonly state: string
    readonly deadline: string | null
  }[]
  readonly bids: readonly { readonly supplier: string; readonly sealed: boolean }[]
}

/** Enough for a screen; the rest is counted. */
const LISTED = 50

export async function statusOf(desk: Desk, programId: string): Promise<Status> {
  const db = desk.database.kysely
  const now = desk.now()
  const runs = await db
    .selectFrom('run')
    .selectAll()
    .where('program_id', '=', programId)
    .where('ended', '=', false)
    .where('kind', '!=', 'inbox')
    .orderBy('workflow_id')
    .execute()
  const items = await db
    .selectFrom('work_item')
    .selectAll()
    .where('program_id', '=', programId)
    .where('closed_at', 'is', null)
    .orderBy('due_at')
    .orderBy('item_id')
    .limit(LISTED)
    .execute()
  const open = await db
    .selectFrom('work_item')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('program_id', '=', programId)
    .where('closed_at', 'is', null)
    .executeTakeFirstOrThrow()
  const stopped = await db
    .selectFrom('stop_switch')
    .selectAll()
    .where('program_id', '=', programId)
    .where('on', '=', true)
    .orderBy('party')
    .execute()
  const unknown = await undecidedSendings(db, programId)
    .selectAll('sending')
    .where('state', '=', 'unknown')
    .orderBy('sending_id')
    .execute()
  const drops = await db
    .selectFrom('mailing_drop')
    .selectAll()
    .where('program_id', '=', programId)
    .orderBy('cohort')
    .orderBy('drop_no')
    .execute()
  const bids = await db
    .selectFrom('bid')
    .select(['supplier', 'opened_at'])
    .where('program_id', '=', programId)
    .orderBy('bid_id')
    .execute()
  return {
    program: programId,
    now,
    runs: runs.map((run) => ({
      run: run.workflow_id,
      phase: run.phase,
      waitingFor: run.busy ? 'working' : run.waiting_for,
      nextDue: run.next_due,
    })),
    toDo: items.map((item) => ({
      item: item.item_id,
      kind: item.kind,
      what: item.message,
      clause: item.clause,
      due: item.due_at,
      late: item.due_at !== null && isBefore(item.due_at, now),
    })),
    moreToDo: Math.max(0, Number(open.n) - items.length),
    stopped: stopped.map((entry) => ({ party: entry.party, why: entry.why, by: entry.actor })),
    unknownSendings: unknown.map((row) => ({
      sending: row.sending_id,
      party: row.party,
      subject: row.subject,
      reply: row.reply,
    })),
    drops: drops.map((drop) => ({
      cohort: drop.cohort,
      drop: drop.drop_no,
      plannedOn: drop.planned_on,
      pieces: drop.pieces,
      state: drop.state,
      deadline: drop.deadline,
    })),
    bids: bids.map((bid) => ({ supplier: bid.supplier, sealed: bid.opened_at === null })),
  }
}
