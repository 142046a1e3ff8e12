/** Status: what runs, what is due next and why, what waits for whom, what is late. Reads the ledger alone, so it works while Temporal is down. */
import type { Kysely } from 'kysely'
import type { Instant } from '../domain/instant.js'
import { isBefore } from '../domain/instant.js'
import { undecidedSendings } from '../persistence/ledger/undecided-sendings.js'
import type { Bid } from '../domain/bid.js'
import { rateText, type Rates } from '../domain/price-guard.js'
import { INITIAL_COHORT } from '../domain/run-ids.js'
import { presentRound } from '../persistence/ledger/bids.js'
import { readProgram } from '../persistence/ledger/programs.js'
import type { Row, Tables } from '../persistence/tables.js'
import { type Cutoff, cutoffsOf } from './cutoffs.js'
import type { Desk } from './desk.js'
import { dueClause } from './due-clause.js'
import { type NextCommand, nextCommands } from './next-commands.js'

export interface StatusRun {
  readonly run: string
  readonly phase: string
  readonly waitingFor: string
  /** Something is being worked on at this moment; what is waited for is known after it. */
  readonly atWork: boolean
  readonly nextDue: Instant | null
  /** Of the clock that runs out at `nextDue`. */
  readonly clause: string | null
}

export interface Status {
  readonly program: string
  readonly now: Instant
  readonly clock: Desk['clock']
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
  /** Replies by verdict. */
  readonly replies: Readonly<Record<Row<'receipt'>['verdict'], number>>
  readonly cutoffs: readonly Cutoff[]
  readonly bids: readonly {
    readonly supplier: string
    readonly sealed: boolean
    /** Of the round that takes bids, or was opened, now. */
    readonly present: boolean
    readonly awarded: boolean
    /** By rate class; empty while sealed. */
    readonly centsPerKwh: Readonly<Record<string, string>>
  }[]
  /** What to type next, most pressing first. */
  readonly next: readonly NextCommand[]
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
    .leftJoin('award', 'award.bid_id', 'bid.bid_id')
    .select(['bid.supplier', 'bid.opened_at', 'bid.round', 'bid.content', 'award.outcome'])
    .where('bid.program_id', '=', programId)
    .orderBy('bid.bid_id')
    .execute()
  const round = await presentRound(db, programId)
  const { terms } = await readProgram(db, desk.database, programId)
  const notice = await db
    .selectFrom('cohort')
    .select(['proof_sha256', 'approved_at'])
    .where('program_id', '=', programId)
    .where('cohort', '=', INITIAL_COHORT)
    .executeTakeFirst()
  const status: Omit<Status, 'next'> = {
    program: programId,
    now,
    clock: desk.clock,
    runs: await Promise.all(
      runs.map(async (run) => ({
        run: run.workflow_id,
        phase: run.phase,
        waitingFor: run.waiting_for,
        atWork: run.busy,
        nextDue: run.next_due,
        clause: await dueClause(db, run, drops, terms),
      })),
    ),
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
    replies: await repliesOf(db, programId),
    cutoffs: await cutoffsOf(db, programId, now, terms),
    bids: bids.map((bid) => ({
      supplier: bid.supplier,
      sealed: bid.opened_at === null,
      present: bid.round === round,
      awarded: bid.outcome === 'awarded',
      centsPerKwh: bid.opened_at === null ? {} : pricesOf((bid.content as Bid).rates),
    })),
  }
  const proved =
    notice === undefined ? null : { proved: notice.proof_sha256 !== null, approved: notice.approved_at !== null }
  return { ...status, next: nextCommands(status, proved) }
}

function pricesOf(rates: Rates): Record<string, string> {
  return Object.fromEntries(Object.entries(rates).map(([rateClass, rate]) => [rateClass, rateText(rate)]))
}

async function repliesOf(db: Kysely<Tables>, programId: string): Promise<Status['replies']> {
  const rows = await db
    .selectFrom('receipt')
    .select((eb) => ['verdict', eb.fn.countAll<number>().as('n')])
    .where('program_id', '=', programId)
    .groupBy('verdict')
    .execute()
  const counts = { timely: 0, late: 0, 'needs-a-person': 0, 'awaiting-evidence': 0 }
  for (const { verdict, n } of rows) counts[verdict] = Number(n)
  return counts
}
