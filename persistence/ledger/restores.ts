/**
 * One store restored from a backup under the other: noticed by the runs themselves, answered by blocking every sending until a person
 * has reconciled the two.
 */
import type { Instant } from '../../domain/instant.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import { appendEvent, SYSTEM, type Trx } from './journal.js'
import { setSwitch } from './stop-switches.js'
import { once, type Verb } from './verbs.js'
import { openWorkItems } from './work-items.js'

export interface RestoreMark {
  readonly turn: number
  readonly version: number
}

/** Compares what the run knows with what the ledger knows; returns the ledger's present version. */
export async function checkRestore(trx: Trx, programId: string, workflowId: string, asOf: Instant, mark: RestoreMark): Promise<number> {
  const newest = await trx.selectFrom('event').select((eb) => eb.fn.max('seq').as('seq')).where('program_id', '=', programId).executeTakeFirst()
  const version = Number(newest?.seq ?? 0)
  const run = await trx.selectFrom('run').select('turn').where('workflow_id', '=', workflowId).executeTakeFirst()
  const floor = await trx.selectFrom('reconciliation').selectAll().where('program_id', '=', programId).executeTakeFirst()
  const ledgerIsOlder = version < mark.version && mark.version > (floor?.version ?? 0)
  const runIsOlder = mark.turn < (run?.turn ?? 0)
  if (ledgerIsOlder || runIsOlder) await block(trx, programId, asOf, ledgerIsOlder, Math.max(mark.version, version))
  await trx.updateTable('run').set({ turn: mark.turn }).where('workflow_id', '=', workflowId).execute()
  return Math.max(version, mark.version)
}

async function block(trx: Trx, programId: string, asOf: Instant, ledgerIsOlder: boolean, version: number): Promise<void> {
  const occasion = { programId, at: asOf, actor: SYSTEM }
  const open = await trx.selectFrom('work_item').select('item_id').where('program_id', '=', programId).where('kind', '=', 'restored-store').where('closed_at', 'is', null).executeTakeFirst()
  if (open !== undefined) return
  const what = ledgerIsOlder ? 'the ledger is older than the workflows: it was restored from a backup' : 'the workflows are older than the ledger: their store was restored from a backup'
  await setSwitch(trx, occasion, 'all', true, what)
  await appendEvent(trx, occasion, { kind: 'program-alarm', data: { what: `${what}; every sending is blocked until somebody reconciles`, version } })
  await openWorkItems(trx, occasion, [
    { kind: 'restored-store', message: `Sending is blocked because ${what}; compare what was sent since the backup with the parties, then say so with: meterhall reconcile` },
  ])
}

/** A person has compared both stores with the parties: the present state counts, and sending is released. */
export async function reconcile(trx: Trx, verb: Verb, why: string): Promise<Outcome<{ readonly released: boolean }>> {
  return once<{ released: boolean }>(trx, verb, 'reconcile', async () => {
    const item = await trx.selectFrom('work_item').select('item_id').where('program_id', '=', verb.programId).where('kind', '=', 'restored-store').where('closed_at', 'is', null).executeTakeFirst()
    if (item === undefined) return refused('NOTHING_TO_RECONCILE', 'No store of this program was found restored; there is nothing to reconcile.')
    const alarms = await trx.selectFrom('event').select('data').where('program_id', '=', verb.programId).where('kind', '=', 'program-alarm').orderBy('seq', 'desc').execute()
    const version = alarms.reduce((most, alarm) => Math.max(most, Number(alarm.data['version'] ?? 0)), 0)
    await trx
      .insertInto('reconciliation')
      .values({ program_id: verb.programId, version, at: verb.at, actor: verb.actor })
      .onConflict((conflict) => conflict.column('program_id').doUpdateSet({ version, at: verb.at, actor: verb.actor }))
      .execute()
    await trx.updateTable('work_item').set({ closed_at: verb.at, closed_by: verb.actor, resolution: why }).where('item_id', '=', item.item_id).execute()
    await setSwitch(trx, verb, 'all', false, why)
    return accepted({ released: true })
  })
}
