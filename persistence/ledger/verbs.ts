/**
 * Verbs: what a person asked for, once per client-made id.
 *
 * The id, the effect and the answer are written in one transaction, so that a repeated click gets the first answer and a
 * crash in between leaves nothing or all. Of two at the same instant the later cannot insert its id; its transaction is
 * begun again and finds the first answer.
 */
import { type Outcome, refused } from '../../domain/refusal.js'
import type { Instant } from '../../domain/instant.js'
import type { Trx } from './journal.js'

export interface Verb {
  /** Made by the client; unique for ever. */
  readonly verbId: string
  readonly programId: string
  readonly actor: string
  /** Program time. */
  readonly at: Instant
}

/**
 * The first answer when the verb was carried out before; otherwise carries it out and keeps the answer. A refusal is not
 * kept: nothing happened.
 * @param name what is asked for; the id of another verb or program is refused, never answered with the other's answer
 */
export async function once<T>(
  trx: Trx,
  verb: Verb,
  name: string,
  carryOut: () => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const before = await trx
    .selectFrom('verb')
    .select(['program_id', 'name', 'result'])
    .where('verb_id', '=', verb.verbId)
    .executeTakeFirst()
  if (before !== undefined) {
    if (before.name === name && before.program_id === verb.programId) return { ok: true, value: before.result as T }
    return refused(
      'VERB_ID_TAKEN',
      'This request carries the id of another one that was carried out; send it again under a new id.',
    )
  }
  const outcome = await carryOut()
  if (!outcome.ok) return outcome
  await trx
    .insertInto('verb')
    .values({
      verb_id: verb.verbId,
      program_id: verb.programId,
      name,
      actor: verb.actor,
      at: verb.at,
      result: JSON.stringify(outcome.value ?? null),
    })
    .execute()
  return outcome
}
