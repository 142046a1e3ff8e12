/**
 * One store restored from a backup under the other: noticed by the runs themselves, answered by blocking every sending until a person
 * has reconciled the two.
 *
 * Each run counts its readings of the agenda, and so does the ledger; each remembers the newest state of the ledger that it has seen.
 * A reconciliation begins a new epoch: the first word of each run in it is taken as it is.
 */
import type { Kysely } from 'kysely'
import type { Instant } from '../../domain/instant.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import type { RestoreMark } from '../../domain/restore-mark.js'
import type { Row, Tables } from '../tables.js'
import { appendEvent, SYSTEM, type Trx } from './journal.js'
import { startingRun } from './runs.js'
import { isStopped, setSwitch } from './stop-switches.js'
import { once, type Verb } from './verbs.js'
import { closeItemsAbout, openWorkItems } from './work-items.js'

export interface MarkedRun {
  readonly programId: string
  readonly workflowId: string
  readonly kind: 'cycle' | 'cohort'
  readonly mark: RestoreMark
}

type Finding = 'ledger-is-older' | 'run-is-older'

const WORDS: Readonly<Record<Finding, string>> = {
  'ledger-is-older': 'the ledger is older than the workflows: it was restored from a backup',
  'run-is-older': 'the workflows are older than the ledger: their store was restored from a backup',
}

/** Called with every reading of the agenda, before it; returns what the run knows from now on. */
export async function checkAgenda(trx: Trx, run: MarkedRun, asOf: Instant): Promise<RestoreMark> {
  const present = await presentState(trx, run)
  const finding = judge(run.mark, present, present.turn + 1)
  if (finding !== null) await block(trx, run.programId, asOf, finding)
  const known = { turn: run.mark.turn, epoch: present.epoch }
  await trx
    .insertInto('run')
    .values({ ...startingRun(run), ...known })
    .onConflict((conflict) => conflict.column('workflow_id').doUpdateSet(known))
    .execute()
  return { ...known, version: await ledgerVersion(trx, run.programId) }
}

/**
 * Called before every sending, with the mark of the agenda that asked for it: a ledger restored in between must not send again. An
 * attempt that comes after a later agenda is only late.
 */
export async function checkSending(trx: Trx, run: MarkedRun, asOf: Instant): Promise<void> {
  const present = await presentState(trx, run)
  if (judge(run.mark, present, present.turn) === 'ledger-is-older')
    await block(trx, run.programId, asOf, 'ledger-is-older')
}

/** A run that the ledger knows is not there. */
export async function reportLostRun(trx: Trx, programId: string, asOf: Instant): Promise<void> {
  await block(trx, programId, asOf, 'run-is-older')
}

/** Number of the newest entry in the program's journal. */
export async function ledgerVersion(db: Kysely<Tables>, programId: string): Promise<number> {
  const newest = await db
    .selectFrom('event')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .where('program_id', '=', programId)
    .executeTakeFirst()
  return Number(newest?.seq ?? 0)
}

interface PresentState extends RestoreMark {
  /** Epoch of the run's last word. */
  readonly spokenIn: number
}

async function presentState(trx: Trx, { programId, workflowId }: MarkedRun): Promise<PresentState> {
  const row: Pick<Row<'run'>, 'turn' | 'epoch'> | undefined = await trx
    .selectFrom('run')
    .select(['turn', 'epoch'])
    .where('workflow_id', '=', workflowId)
    .forUpdate()
    .executeTakeFirst()
  const reconciled = await trx
    .selectFrom('reconciliation')
    .select('epoch')
    .where('program_id', '=', programId)
    .executeTakeFirst()
  const epoch = reconciled?.epoch ?? 0
  return { turn: row?.turn ?? 0, spokenIn: row?.epoch ?? epoch, version: await ledgerVersion(trx, programId), epoch }
}

/** @param newestTurn the highest turn that the run can be at when both stores are as they were */
function judge(mark: RestoreMark, present: PresentState, newestTurn: number): Finding | null {
  if (mark.epoch > present.epoch) return 'ledger-is-older'
  if (present.spokenIn < present.epoch) return null
  if (mark.epoch < present.epoch || mark.turn < present.turn) return 'run-is-older'
  return mark.turn > newestTurn || mark.version > present.version ? 'ledger-is-older' : null
}

async function block(trx: Trx, programId: string, asOf: Instant, finding: Finding): Promise<void> {
  const occasion = { programId, at: asOf, actor: SYSTEM }
  const what = WORDS[finding]
  if (!(await isStopped(trx, programId, 'all'))) await setSwitch(trx, occasion, 'all', true, what)
  if ((await openItem(trx, programId)) !== undefined) return
  const alarm = `${what}; every sending is blocked until somebody reconciles`
  await appendEvent(trx, occasion, { kind: 'program-alarm', data: { what: alarm } })
  const message = `Sending is blocked because ${what}; compare what was sent since the backup with the parties, then say so with: meterhall reconcile`
  await openWorkItems(trx, occasion, [{ kind: ITEM, message }])
}

const ITEM = 'restored-store'

function openItem(trx: Trx, programId: string) {
  return trx
    .selectFrom('work_item')
    .select('item_id')
    .where('program_id', '=', programId)
    .where('kind', '=', ITEM)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
}

/**
 * A person has compared both stores with the parties: the present state counts, and sending is released. What the workflows may have
 * forgotten is told to them again.
 */
export async function reconcile(trx: Trx, verb: Verb, why: string): Promise<Outcome<{ readonly released: boolean }>> {
  return once<{ released: boolean }>(trx, verb, 'reconcile', async () => {
    if ((await openItem(trx, verb.programId)) === undefined) {
      return refused(
        'NOTHING_TO_RECONCILE',
        'No store of this program was found restored; there is nothing to reconcile.',
      )
    }
    await trx
      .insertInto('reconciliation')
      .values({ program_id: verb.programId, epoch: 1, at: verb.at, actor: verb.actor })
      .onConflict((conflict) =>
        conflict
          .column('program_id')
          .doUpdateSet((eb) => ({ epoch: eb('reconciliation.epoch', '+', 1), at: verb.at, actor: verb.actor })),
      )
      .execute()
    await tellAgain(trx, verb.programId)
    await closeItemsAbout(trx, verb, { kind: ITEM, cohort: null, message: '%' }, why)
    await setSwitch(trx, verb, 'all', false, why)
    return accepted({ released: true })
  })
}

/** Each is answered by "already" where the workflows remember it. */
async function tellAgain(trx: Trx, programId: string): Promise<void> {
  await trx
    .updateTable('wake')
    .set((eb) => ({ signalled: eb.ref('seen') }))
    .where('program_id', '=', programId)
    .execute()
  await trx
    .updateTable('inbound_file')
    .set({ state: 'stored' })
    .where('program_id', '=', programId)
    .where('state', '=', 'started')
    .execute()
  await trx
    .updateTable('cohort')
    .set({ started: false })
    .where('program_id', '=', programId)
    .where('kind', '=', 'follow-up')
    .execute()
}
