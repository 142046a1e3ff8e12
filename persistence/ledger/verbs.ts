/**
 * Verbs: what a person asked for, once per client-made id.
 *
 * The id, the effect and the answer are written in one transaction, so that a repeated click gets the first answer and a
 * crash in between leaves nothing or all. Of two at the same instant the later cannot insert its id; its transaction is
 * begun again and finds the first answer.
 */
import { type Outcome, refused } from '../../domain/refusal.js'
import type { Instant } from '../../domain/instant.js'
import { invariant } from '../../domain/invariant.js'
import { insertRows } from './bulk-rows.js'
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
  if (before !== undefined) return answerBefore(before, verb, name)
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

function answerBefore<T>(
  before: { readonly program_id: string; readonly name: string; readonly result: unknown },
  verb: Verb,
  name: string,
): Outcome<T> {
  if (before.name === name && before.program_id === verb.programId) return { ok: true, value: before.result as T }
  return refused(
    'VERB_ID_TAKEN',
    'This request carries the id of another one that was carried out; send it again under a new id.',
  )
}

/**
 * The same for several verbs of one name in one transaction, in a handful of statements however many they are.
 * @param carryOut gets those that were not carried out before, each id once, and gives their outcomes in the same order
 * @returns one outcome for each of `asked`, in its order
 */
export async function onceEach<A extends { readonly verb: Verb }, T extends object>(
  trx: Trx,
  asked: readonly A[],
  name: string,
  carryOut: (fresh: readonly A[]) => Promise<readonly Outcome<T>[]>,
): Promise<Outcome<T>[]> {
  const ids = [...new Set(asked.map(({ verb }) => verb.verbId))]
  const rows = await trx
    .selectFrom('verb')
    .select(['verb_id', 'program_id', 'name', 'result'])
    .where('verb_id', 'in', ids)
    .execute()
  const before = new Map(rows.map((row) => [row.verb_id, row]))
  const fresh = new Map<string, A>()
  for (const each of asked) {
    const { verbId } = each.verb
    if (!before.has(verbId) && !fresh.has(verbId)) fresh.set(verbId, each)
  }
  const done = [...fresh.values()]
  const outcomes = await carryOut(done)
  const outcomeOf = new Map(done.map(({ verb }, index) => [verb.verbId, outcomes[index]]))
  await insertRows(
    trx,
    'verb',
    done.flatMap(({ verb }, index) => {
      const outcome = outcomes[index]
      if (outcome?.ok !== true) return []
      const { verbId: verb_id, programId: program_id, actor, at } = verb
      return [{ verb_id, program_id, name, actor, at, result: outcome.value }]
    }),
  )
  return asked.map(({ verb }) => {
    const row = before.get(verb.verbId)
    const outcome = row === undefined ? outcomeOf.get(verb.verbId) : answerBefore<T>(row, verb, name)
    invariant(outcome !== undefined, 'every verb has its outcome')
    return outcome
  })
}
