/** Accounts that the utility carries under another number than the list's: the number now, point by point. */
import { type Kysely, sql } from 'kysely'

const STATEMENTS = [
  `create table renumbering (
    program_id text not null, account_number text not null, service_point text not null, account_id bigint not null references account,
    own_service_point text not null, since date not null, recorded_at timestamptz not null,
    primary key (program_id, account_number, service_point))`,
  `create index renumbering_account on renumbering (account_id)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}
