/** The stop switch: nothing leaves for a party, or for any, while it is on. Read inside every claim. */
import type { Kysely } from 'kysely'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import type { Tables } from '../tables.js'
import { appendEvent, type Occasion, type Trx } from './journal.js'
import { once, type Verb } from './verbs.js'
import { oweWakeUpToAll } from './wake-ups.js'

export const STOPPABLE = ['mail', 'mail-house', 'utility', 'all'] as const

export async function setSwitch(trx: Trx, occasion: Occasion, party: string, on: boolean, why: string): Promise<void> {
  const values = { program_id: occasion.programId, party, on, why, actor: occasion.actor, at: occasion.at }
  await trx
    .insertInto('stop_switch')
    .values(values)
    .onConflict((conflict) => conflict.columns(['program_id', 'party']).doUpdateSet(values))
    .execute()
  await appendEvent(trx, occasion, { kind: on ? 'stop-on' : 'stop-off', data: { party, person: occasion.actor, why } })
  // what waited goes on: the runs sleep until they are told
  if (!on) await oweWakeUpToAll(trx, occasion.programId)
}

export async function throwSwitch(
  trx: Trx,
  verb: Verb,
  party: string,
  on: boolean,
  why: string,
): Promise<Outcome<{ readonly on: boolean }>> {
  return once(trx, verb, 'stop', async () => {
    if (!(STOPPABLE as readonly string[]).includes(party)) {
      return refused('NO_SUCH_PARTY', `"${party}" is no party; stop one of: ${STOPPABLE.join(', ')}.`)
    }
    if (why.trim() === '') return refused('WHY_MISSING', 'Say why with --why "…"; the reason goes into the journal.')
    await setSwitch(trx, verb, party, on, why)
    return accepted({ on })
  })
}

export async function isStopped(db: Kysely<Tables>, programId: string, party: string): Promise<boolean> {
  const row = await db
    .selectFrom('stop_switch')
    .select('on')
    .where('program_id', '=', programId)
    .where('party', 'in', [party, 'all'])
    .where('on', '=', true)
    .executeTakeFirst()
  return row !== undefined
}
