/**
 * Sendings that wait for a person: nobody can tell whether they arrived, or the party refused them.
 *
 * An unknown one is never sent again by itself. A person treats it as sent, or sends it again and accepts a possible duplicate; the
 * second is a new sending that names the one it replaces.
 */
import type { Kysely } from 'kysely'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import type { Row, Tables } from '../tables.js'
import { appendEvent, type Trx } from './journal.js'
import { noteAccepted, whatToDecide } from './sendings.js'
import { once, type Verb } from './verbs.js'
import { oweWakeUpToAll } from './wake-ups.js'
import { closeItemsAbout } from './work-items.js'

export const SENDING_CHOICES = ['treat-as-sent', 'send-again'] as const
export type SendingChoice = (typeof SENDING_CHOICES)[number]

/** Unknown or refused, and not replaced by a later sending of the same subject. */
export function undecidedSendings(db: Kysely<Tables>, programId: string) {
  return db
    .selectFrom('sending')
    .where('program_id', '=', programId)
    .where('state', 'in', ['unknown', 'refused'])
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('sending as later')
            .select('later.sending_id')
            .whereRef('later.replaces', '=', 'sending.sending_id'),
        ),
      ),
    )
}

/**
 * Carries out what a person decided; every run of the program looks again at what is due.
 * @returns the sending that counts now: the same one, or the one that replaces it
 */
export async function resolveSending(
  trx: Trx,
  verb: Verb,
  sendingId: number,
  choice: SendingChoice,
): Promise<Outcome<{ readonly sending: number }>> {
  return once<{ sending: number }>(trx, verb, 'resolve-sending', async () => {
    const row = await trx
      .selectFrom('sending')
      .selectAll()
      .where('program_id', '=', verb.programId)
      .where('sending_id', '=', sendingId)
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) {
      const message = `There is no sending ${sendingId}; list those that wait for a person with: meterhall status`
      return refused('NO_SUCH_SENDING', message)
    }
    const waits = await undecidedSendings(trx, verb.programId)
      .select('sending_id')
      .where('sending_id', '=', sendingId)
      .executeTakeFirst()
    if (waits === undefined) {
      const why = row.state === 'unknown' || row.state === 'refused' ? 'was sent again already' : `is ${row.state}`
      return refused('SENDING_DECIDED', `Sending ${sendingId} ${why}; nobody has to decide about it.`)
    }
    if (row.state === 'refused' && choice === 'treat-as-sent') {
      const message = `The ${row.party} refused sending ${sendingId}, so it did not arrive; mend the cause and send it again.`
      return refused('SENDING_REFUSED', message)
    }
    const sending = choice === 'treat-as-sent' ? await treatAsSent(trx, verb, row) : await sendAgain(trx, row)
    const data = { party: row.party, subject: row.subject, person: verb.actor, choice: WORDS[choice] }
    await appendEvent(trx, verb, { kind: 'sending-decided', data })
    const item = { kind: `sending-${row.state}`, cohort: null, message: whatToDecide(row) }
    await closeItemsAbout(trx, verb, item, WORDS[choice])
    await oweWakeUpToAll(trx, verb.programId)
    return accepted({ sending })
  })
}

const WORDS: Readonly<Record<SendingChoice, string>> = {
  'treat-as-sent': 'it counts as sent',
  'send-again': 'it goes out again, a possible duplicate accepted',
}

async function treatAsSent(trx: Trx, verb: Verb, row: Row<'sending'>): Promise<number> {
  await trx
    .updateTable('sending')
    .set({ state: 'accepted', reply: 'a person decided that it arrived', done_at: verb.at })
    .where('sending_id', '=', row.sending_id)
    .execute()
  await noteAccepted(trx, verb, row)
  return row.sending_id
}

/** The same content under a Message-ID of its own, so that relay logs tell the two apart. */
async function sendAgain(trx: Trx, row: Row<'sending'>): Promise<number> {
  const earlier = await trx
    .selectFrom('sending')
    .select('message_id')
    .where('program_id', '=', row.program_id)
    .where('subject', '=', row.subject)
    .orderBy('sending_id')
    .execute()
  const again = await trx
    .insertInto('sending')
    .values({
      program_id: row.program_id,
      party: row.party,
      kind: row.kind,
      subject: row.subject,
      content_sha256: row.content_sha256,
      message_id: `${earlier[0]?.message_id}/again-${earlier.length}`,
      state: 'planned',
      attempt: 0,
      replaces: row.sending_id,
    })
    .returning('sending_id')
    .executeTakeFirstOrThrow()
  return again.sending_id
}
