/** Lists found on the file server: which program may take them, and which are left to a person. */
import type { Kysely } from 'kysely'
import { accepted } from '../../domain/refusal.js'
import type { Tables } from '../tables.js'
import type { Occasion, Trx } from './journal.js'
import { programsBySeniority } from './transaction-owners.js'
import { once } from './verbs.js'
import { openWorkItems } from './work-items.js'

/** Programs in their data request or list review: no list of theirs is signed off yet. Oldest first. */
export async function programsWithoutList(db: Kysely<Tables>): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('program')
    .select('program_id')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('customer_list')
            .select('list_id')
            .whereRef('customer_list.program_id', '=', 'program.program_id')
            .where('customer_list.state', '=', 'signed'),
        ),
      ),
    )
    .orderBy('started_at')
    .orderBy('program_id')
    .execute()
  return rows.map((row) => row.program_id)
}

/** Of each list that has any of the files, the hashes of those that it has. */
export async function listsWith(
  db: Kysely<Tables>,
  hashes: readonly string[],
): Promise<readonly ReadonlySet<string>[]> {
  const rows = await db.selectFrom('list_file').select(['list_id', 'sha256']).where('sha256', 'in', hashes).execute()
  const lists = new Map<string, Set<string>>()
  for (const row of rows) lists.set(row.list_id, (lists.get(row.list_id) ?? new Set()).add(row.sha256))
  return [...lists.values()]
}

const LEFT = 'leave-list'
const verbIdOf = (fingerprint: string): string => `${LEFT}/${fingerprint}`

export async function isLeftToAPerson(db: Kysely<Tables>, fingerprint: string): Promise<boolean> {
  const left = await db
    .selectFrom('verb')
    .select('verb_id')
    .where('verb_id', '=', verbIdOf(fingerprint))
    .executeTakeFirst()
  return left !== undefined
}

/**
 * Told once in every program whose list it may be; in the oldest when none waits for one.
 * @param fingerprint of the files together
 */
export async function leaveToAPerson(
  trx: Trx,
  when: Pick<Occasion, 'at' | 'actor'>,
  fingerprint: string,
  waiting: readonly string[],
): Promise<void> {
  const oldest = (await programsBySeniority(trx))[0]?.programId
  const told = waiting.length > 0 ? waiting : oldest === undefined ? [] : [oldest]
  const [first] = told
  if (first === undefined) return
  const why =
    waiting.length > 1
      ? `${waiting.length} programs wait for one and its files do not say whose they are`
      : waiting.length === 1
        ? 'there are files of more than one list'
        : 'no program waits for one'
  const message = `A customer list lies on the utility’s file server and was not taken, as ${why}; find out whose it is, then import it with: meterhall list import --program NAME`
  await once(trx, { ...when, programId: first, verbId: verbIdOf(fingerprint) }, LEFT, async () => {
    for (const programId of told) await openWorkItems(trx, { ...when, programId }, [{ kind: 'list-left', message }])
    return accepted({ programs: told.length })
  })
}
