/** A village in the middle of its response window, put into the ledger by a few statements. */
import { sql } from 'kysely'
import { addDays } from '../../../domain/civil-date.js'
import { addMillis, dateIn, type Instant, instantFromMillis } from '../../../domain/instant.js'
import { type Database, openDatabase } from '../../../persistence/database.js'
import { addOperator, hashPassword, issueToken } from '../../../persistence/ledger/operators.js'
import { createProgram } from '../../../persistence/ledger/programs.js'
import { readPlan } from '../../../persistence/plan-files.js'

export const PROGRAM = 'mahomet'

export interface SampleVillage {
  /** Of an operator who may record receipts. */
  readonly token: string
  /** A moment inside the window, not in the future. */
  readonly received: Instant
}

/** The nth account, counted from 0. */
export function accountNumber(n: number): string {
  return String(n + 1).padStart(10, '0')
}

/** Accounts that were noticed and whose mailing is evidenced; their window closes ten days from now. */
export async function fillVillage(url: string, accounts: number): Promise<SampleVillage> {
  const database = await openDatabase({ kind: 'postgres', url })
  try {
    await database.migrate()
    return await fill(database, accounts)
  } finally {
    await database.close()
  }
}

async function fill(database: Database, accounts: number): Promise<SampleVillage> {
  const { kysely } = database
  const terms = readPlan('mahomet')
  const now = instantFromMillis(Date.now())
  const today = dateIn(terms.zone, now)
  const verb = (verbId: string) => ({ verbId, programId: PROGRAM, actor: 'setup', at: addMillis(now, -3_600_000) })
  await database.tx((trx) =>
    createProgram(trx, verb('start-program'), {
      terms,
      boundary: 'street,low,high,side\nOak St,1,99999,both\n',
      rehearsal: false,
      clock: 'timer',
      offsetMs: 0,
      readDates: {},
      defaultRates: { on: today, rates: {}, source: 'made up' },
    }),
  )
  const closesAt = addMillis(now, 10 * 86_400_000)
  await sql`insert into customer_list (list_id, program_id, ordinal, as_of, received_at, source, state)
    values ('list', ${PROGRAM}, 1, ${today}, ${now}, 'import', 'signed')`.execute(kysely)
  await sql`insert into cohort (program_id, cohort, kind) values (${PROGRAM}, 'initial', 'initial')`.execute(kysely)
  await sql`insert into mailing_drop (program_id, cohort, drop_no, kind, planned_on, printed_deadline, pieces, state, evidence_on,
      evidence_pieces, deadline, closes_at, applied)
    values (${PROGRAM}, 'initial', 1, 'notice', ${today}, ${today}, ${accounts}, 'evidenced', ${today},
      ${accounts}, ${addDays(today, 10)}, ${closesAt}, true)`.execute(kysely)
  await sql`insert into account (program_id, list_id, account_number, list_kind, customer_name, service_address, mail_address,
      pipp, annual_kwh, eligibility, cohort, state)
    select ${PROGRAM}, 'list', lpad(n::text, 10, '0'), 'fixed', 'Householder ' || n, '{}', '{}', false, 8400, 'auto-enroll', 'initial', 'noticed'
    from generate_series(1, ${accounts}) n`.execute(kysely)
  await sql`insert into piece (program_id, cohort, account_id, drop_no, kind, sequence, letter_code)
    select program_id, cohort, account_id, 1, 'notice', account_id, 'C' || account_id from account`.execute(kysely)
  for (const table of ['account', 'piece', 'mailing_drop']) await sql`analyze ${sql.table(table)}`.execute(kysely)
  const operator = {
    name: 'clerk',
    roles: ['clerk'],
    passwordHash: await hashPassword('a long enough pass phrase'),
  } as const
  await database.tx((trx) => addOperator(trx, verb('add-operator'), operator))
  const token = await issueToken(kysely, { operator: 'clerk', kind: 'token', at: now, expiresAt: null })
  return { token, received: addMillis(now, -60_000) }
}
