/** Operators: who may sign in, and the hashes of what they sign in with. */
import { type Kysely, sql } from 'kysely'

const STATEMENTS = [
  `create table operator (
    name text primary key, password_hash text not null check (password_hash like '$argon2id$%'), roles jsonb not null,
    created_at timestamptz not null, ended_at timestamptz)`,
  `create table operator_token (
    token_sha256 text primary key, operator text not null references operator, kind text not null check (kind in ('token', 'session')),
    created_at timestamptz not null, expires_at timestamptz)`,
  `create index operator_token_operator on operator_token (operator)`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}
