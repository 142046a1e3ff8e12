/** One file server for several programs: a file's bytes once, and what each program has to apply of them. */
import { type Kysely, sql } from 'kysely'

const STATEMENTS = [
  `create table inbound_content (sha256 text primary key, content bytea not null)`,
  `insert into inbound_content select sha256, content from inbound_file`,
  `alter table inbound_file drop constraint inbound_file_pkey, drop column content, add column places jsonb,
    add primary key (program_id, sha256)`,
  // a run that is under way was started under the file's hash alone; it ends under the name that the ledger knows
  `update run set workflow_id = 'inbox/' || program_id || '/' || substr(workflow_id, 7)
    where kind = 'inbox' and workflow_id not like 'inbox/%/%'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}
