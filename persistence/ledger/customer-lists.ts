/** Customer lists: stored verbatim under their hash, reviewed, signed off. The same files twice are one list. */
import type { Kysely } from 'kysely'
import type { ListKind } from '../../domain/account.js'
import type { CivilDate } from '../../domain/civil-date.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import type { PlanTerms } from '../../domain/plan.js'
import { clauseOf } from '../../domain/clause.js'
import { cycleId } from '../../domain/run-ids.js'
import { sha256Of } from '../sha256-of.js'
import type { Tables } from '../tables.js'
import { appendEvent, type Trx } from './journal.js'
import { once, type Verb } from './verbs.js'
import { oweWakeUp } from './wake-ups.js'

export interface ListFile {
  readonly kind: ListKind
  readonly name: string
  readonly content: Uint8Array
}

export interface NewCustomerList {
  readonly files: readonly ListFile[]
  /** The day the utility made it; the hold dates are judged as of this day. */
  readonly asOf: CivilDate
  /** How it came: `sftp`, `import`. */
  readonly source: string
  readonly mapping: unknown
}

/** Stores the files and tells the cycle; a list whose files were all stored before, and are read the same way, is only noted. */
export async function storeCustomerList(
  trx: Trx,
  verb: Verb,
  list: NewCustomerList,
): Promise<Outcome<{ readonly listId: string; readonly repeated: boolean }>> {
  return once<{ listId: string; repeated: boolean }>(trx, verb, 'import-list', async () => {
    const hashes = list.files.map((file) => ({ ...file, sha256: sha256Of(file.content) }))
    // files read with another mapping are another list; another program has a list of its own
    const named = hashes.map((file) => `${file.kind} ${file.sha256}`).sort()
    const listId = sha256Of(Buffer.from([verb.programId, JSON.stringify(list.mapping ?? null), ...named].join('\n')))
    const before = await trx
      .selectFrom('customer_list')
      .select('list_id')
      .where('program_id', '=', verb.programId)
      .where('list_id', '=', listId)
      .executeTakeFirst()
    if (before !== undefined) {
      await appendEvent(trx, verb, { kind: 'list-repeated', data: { list: listId.slice(0, 12), source: list.source } })
      return accepted({ listId, repeated: true })
    }
    const signed = await trx
      .selectFrom('customer_list')
      .select('list_id')
      .where('program_id', '=', verb.programId)
      .where('state', '=', 'signed')
      .executeTakeFirst()
    if (signed !== undefined) {
      return refused(
        'LIST_SIGNED',
        'A list is already signed off for this cycle; a new one is compared with it in the monthly additions.',
      )
    }
    const count = await trx
      .selectFrom('customer_list')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('program_id', '=', verb.programId)
      .executeTakeFirstOrThrow()
    await trx
      .insertInto('customer_list')
      .values({
        list_id: listId,
        program_id: verb.programId,
        ordinal: Number(count.n) + 1,
        as_of: list.asOf,
        received_at: verb.at,
        source: list.source,
        mapping: JSON.stringify(list.mapping ?? null),
        state: 'received',
        counts: null,
      })
      .execute()
    for (const file of hashes) {
      await trx
        .insertInto('list_file')
        .values({
          list_id: listId,
          program_id: verb.programId,
          kind: file.kind,
          name: file.name,
          sha256: file.sha256,
          content: file.content,
        })
        .execute()
    }
    await appendEvent(trx, verb, {
      kind: 'list-received',
      data: { list: listId.slice(0, 12), files: hashes.length, source: list.source },
    })
    await oweWakeUp(trx, verb.programId, cycleId(verb.programId))
    return accepted({ listId, repeated: false })
  })
}

/** The newest list of the program, whatever its state. */
export async function newestList(db: Kysely<Tables>, programId: string) {
  return db
    .selectFrom('customer_list')
    .selectAll()
    .where('program_id', '=', programId)
    .orderBy('ordinal', 'desc')
    .limit(1)
    .executeTakeFirst()
}

export async function readListFiles(db: Kysely<Tables>, listId: string): Promise<readonly ListFile[]> {
  const rows = await db
    .selectFrom('list_file')
    .select(['kind', 'name', 'content'])
    .where('list_id', '=', listId)
    .execute()
  return rows
}

/** One person's signature; two different people are needed by the plan's data. */
export async function signList(
  trx: Trx,
  verb: Verb,
  listId: string,
  terms: Pick<PlanTerms, 'listSignatures'>,
): Promise<Outcome<{ readonly signatures: number; readonly needed: number }>> {
  return once(trx, verb, 'sign-list', async () => {
    const needed = terms.listSignatures.value
    const clause = clauseOf(terms.listSignatures)
    const list = await trx
      .selectFrom('customer_list')
      .selectAll()
      .where('program_id', '=', verb.programId)
      .where('list_id', '=', listId)
      .forUpdate()
      .executeTakeFirst()
    if (list === undefined)
      return refused('NO_SUCH_LIST', 'There is no such list; import one with: meterhall list import', clause)
    if (list.state === 'received')
      return refused(
        'LIST_NOT_REVIEWED',
        'List review of this list is still running; sign when its counts are shown.',
        clause,
      )
    if (list.state === 'superseded')
      return refused(
        'LIST_SUPERSEDED',
        'A newer list has taken the place of this one; review and sign that one.',
        clause,
      )
    if (list.state === 'signed')
      return refused('LIST_ALREADY_SIGNED', 'This list is signed off already; nothing more is needed.', clause)
    const subject = `list/${listId}`
    const mine = await trx
      .selectFrom('signature')
      .select('person')
      .where('program_id', '=', verb.programId)
      .where('subject', '=', subject)
      .where('person', '=', verb.actor)
      .executeTakeFirst()
    if (mine !== undefined)
      return refused(
        'SIGNED_BY_YOU',
        'You have signed this list; the next signature has to be another person’s.',
        clause,
      )
    await trx
      .insertInto('signature')
      .values({ program_id: verb.programId, subject, person: verb.actor, at: verb.at })
      .execute()
    const row = await trx
      .selectFrom('signature')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('program_id', '=', verb.programId)
      .where('subject', '=', subject)
      .executeTakeFirstOrThrow()
    const signatures = Number(row.n)
    if (signatures >= needed)
      await trx.updateTable('customer_list').set({ state: 'signed' }).where('list_id', '=', listId).execute()
    await appendEvent(trx, verb, { kind: 'list-signed', clause, data: { person: verb.actor, signatures, needed } })
    return accepted({ signatures, needed })
  })
}
