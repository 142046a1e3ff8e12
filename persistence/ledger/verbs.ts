/**
 * Verbs: what a person asked for, once per client-made id.
 *
 * The id, the effect and the answer are written in one transaction, so that a repeated click gets the first answer and a crash in
 * between leaves nothing or all.
 */
import type { Outcome } from '../../domain/refusal.js'
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

/** The first answer when the verb was carried out before; otherwise carries it out and keeps the answer. A refusal is not kept: nothing happened. */
export async function once<T>(trx: Trx, verb: Verb, name: string, carryOut: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const before = await trx.selectFrom('verb').select('result').where('verb_id', '=', verb.verbId).executeTakeFirst()
  if (before !== undefined) return { ok: true, value: before.result as T }
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
