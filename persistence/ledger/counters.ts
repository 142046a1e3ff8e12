/**
 * Gapless numbers: taken under a row lock in the transaction that uses them, so that a rolled-back use gives its numbers back.
 */
import { sql } from 'kysely'
import type { Trx } from './journal.js'

/** `request` numbers LIN01 and BGN02; the others are the control numbers of the same name. */
export type CounterName = 'isa13' | 'gs06' | 'st02' | 'request'

/** Takes `count` numbers in a row and returns the first. Numbers start at 1. */
export async function takeNumbers(trx: Trx, name: CounterName, count: number): Promise<number> {
  const row = await trx
    .insertInto('counter')
    .values({ name, value: count })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: sql`counter.value + ${count}` }))
    .returning('value')
    .executeTakeFirstOrThrow()
  return row.value - count + 1
}
