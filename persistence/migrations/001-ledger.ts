/** The ledger: one row state per account, moved in the same transaction as its event. */
import { type Kysely, sql } from 'kysely'

const words = (column: string, ...allowed: string[]): string =>
  `${column} text not null check (${column} in (${allowed.map((word) => `'${word}'`).join(', ')}))`

const STATEMENTS = [
  `create table program (
    program_id text primary key, plan_id text not null, plan_version date not null, terms jsonb not null, boundary text not null,
    rehearsal boolean not null, ${words('clock', 'timer', 'stepped')}, offset_ms bigint not null, started_at timestamptz not null)`,
  `create table read_date (program_id text not null, bill_group text not null, read_on date not null, primary key (program_id, bill_group, read_on))`,
  `create table default_rate (
    program_id text not null, since date not null, rate_class text not null, milli_cents integer not null check (milli_cents > 0),
    source text not null, primary key (program_id, since, rate_class))`,
  `create table event (
    seq bigint generated always as identity primary key, program_id text not null, cohort text, account_id bigint, kind text not null,
    effective text not null, recorded_at timestamptz not null, actor text not null, clause text, data jsonb not null)`,
  `create index event_account on event (account_id, seq) where account_id is not null`,
  `create index event_program on event (program_id, seq)`,
  `create index event_of_program on event (program_id, kind, seq) where account_id is null`,
  `create table verb (
    verb_id text primary key, program_id text not null, name text not null, actor text not null, at timestamptz not null, result jsonb not null)`,
  `create table customer_list (
    list_id text primary key, program_id text not null, ordinal integer not null, as_of date not null, received_at timestamptz not null,
    source text not null, mapping jsonb, ${words('state', 'received', 'reviewed', 'signed', 'superseded')}, counts jsonb,
    unique (program_id, ordinal))`,
  `create table list_file (
    list_id text not null references customer_list, program_id text not null, ${words('kind', 'fixed', 'supplier', 'hourly')},
    name text not null, sha256 text not null, content bytea not null, primary key (list_id, kind))`,
  `create table problem (
    program_id text not null, list_id text not null references customer_list, file text not null, line integer not null,
    code text not null, message text not null, primary key (list_id, file, line))`,
  `create table signature (program_id text not null, subject text not null, person text not null, at timestamptz not null, primary key (program_id, subject, person))`,
  `create table account (
    account_id bigint generated always as identity primary key, program_id text not null, list_id text not null references customer_list,
    account_number text not null, list_kind text not null, customer_name text not null, service_address jsonb not null,
    mail_address jsonb not null, pipp boolean not null, account_start date, annual_kwh bigint not null,
    ${words('eligibility', 'ineligible', 'needs-review', 'opt-in-only', 'auto-enroll')}, cohort text,
    ${words(
      'state',
      'listed',
      'unlisted',
      'to-be-noticed',
      'printed',
      'noticed',
      'returned',
      'opted-out',
      'pending',
      'not-noticed',
      'rostered',
      'submitted',
      'accepted',
      'rejected',
      'rescinded',
      'in-service',
    )}, unique (program_id, account_number))`,
  `create index account_cohort on account (program_id, cohort, account_id)`,
  `create index account_overtaken on account (program_id, cohort, account_id) where state in ('opted-out', 'returned', 'not-noticed')`,
  `create table finding (program_id text not null, account_id bigint not null references account on delete cascade, code text not null, primary key (account_id, code))`,
  `create table service_point (
    program_id text not null, account_id bigint not null references account on delete cascade, service_point text not null, rate_class text not null,
    bill_group text not null, billing_type text not null, monthly_kwh jsonb not null, primary key (account_id, service_point))`,
  `create table bid (
    bid_id bigint generated always as identity primary key, program_id text not null, round integer not null, supplier text not null,
    content jsonb not null, received_at timestamptz not null, opened_at timestamptz, unique (program_id, round, supplier))`,
  `create table award (
    program_id text not null, round integer not null, ${words('outcome', 'awarded', 'rejected-all', 'no-bid', 'lock-expired')},
    bid_id bigint references bid, decided_at timestamptz not null, decided_by text not null, primary key (program_id, round))`,
  `create table cohort (
    program_id text not null, cohort text not null, ${words('kind', 'initial', 'follow-up')}, drops_verb text, proof_sha256 text, approved_at timestamptz,
    approved_by text, frozen_at timestamptz, started boolean not null default false, primary key (program_id, cohort))`,
  `create table selection (
    selection_id text not null, program_id text not null, account_id bigint not null references account, primary key (selection_id, account_id))`,
  `create table mailing_drop (
    program_id text not null, cohort text not null, drop_no integer not null, ${words('kind', 'notice', 're-mail')}, planned_on date not null, printed_deadline date not null,
    pieces integer not null, ${words('state', 'planned', 'approved', 'handed-over', 'evidenced', 'mismatch')}, evidence_on date,
    evidence_pieces integer, deadline date, closes_at timestamptz, applied boolean not null default false,
    closed boolean not null default false, primary key (program_id, cohort, drop_no))`,
  `create table evidence (
    evidence_id bigint generated always as identity primary key, program_id text not null, cohort text not null, drop_no integer not null,
    evidence_on date not null, pieces integer not null, form text not null, recorded_at timestamptz not null, actor text not null, reconciled boolean not null)`,
  `create table print_batch (
    batch_id bigint generated always as identity primary key, program_id text not null, cohort text not null, drop_no integer not null,
    batch_no integer not null, ${words('kind', 'notice', 're-mail', 'undo')}, pieces integer not null,
    sha256 text, file text, ${words('state', 'planned', 'rendered', 'handed-over')}, unique (program_id, cohort, kind, drop_no, batch_no))`,
  `create table piece (
    piece_id bigint generated always as identity primary key, program_id text not null, cohort text not null,
    account_id bigint not null references account, drop_no integer not null, ${words('kind', 'notice', 're-mail', 'undo')}, sequence integer,
    letter_code text not null unique, batch_id bigint references print_batch, in_review text, returned_on date)`,
  `create index piece_account on piece (account_id, piece_id)`,
  `create index piece_drop on piece (program_id, cohort, drop_no, piece_id)`,
  `create index piece_batch on piece (batch_id)`,
  `create table receipt (
    receipt_id bigint generated always as identity primary key, program_id text not null, account_id bigint references account,
    typed_account text not null, ${words('channel', 'card', 'phone', 'web', 'email', 'fax', 'counter')}, postmark date,
    received_at timestamptz not null, signed boolean not null, ${words('verdict', 'awaiting-evidence', 'timely', 'late', 'needs-a-person')},
    why text not null, clause text, ${words('effect', 'opted-out', 'already-out', 'none', 'work-item', 'undo')},
    recorded_at timestamptz not null, actor text not null)`,
  `create index receipt_account on receipt (account_id, receipt_id) where account_id is not null`,
  `create table work_item (
    item_id bigint generated always as identity primary key, program_id text not null, cohort text, account_id bigint references account,
    kind text not null, message text not null, clause text, opened_at timestamptz not null, due_at timestamptz, alarmed boolean not null default false,
    closed_at timestamptz, closed_by text, resolution text)`,
  `create index work_item_open on work_item (program_id, account_id) where closed_at is null`,
  `create table interchange (
    interchange_id bigint generated always as identity primary key, program_id text not null, cohort text not null, ${words('kind', 'enroll', 'drop')},
    bill_group text not null, read_on date not null, isa13 bigint unique, gs06 bigint unique, st_first bigint, dated timestamptz,
    requests integer not null, file_name text, sha256 text, content bytea, ${words('state', 'planned', 'fixed', 'sent', 'acknowledged', 'refused', 'empty')},
    sent_at timestamptz, acknowledgment_due timestamptz, response_due timestamptz, responded boolean not null default false, alarmed boolean not null default false)`,
  `create table request (
    request_id bigint generated always as identity primary key, program_id text not null, cohort text not null, account_id bigint not null references account,
    service_point text not null, ${words('kind', 'enroll', 'drop')}, attempt integer not null, lin01 text not null unique, bgn02 text not null unique,
    rate_code text not null, read_on date, bill_group text not null, submit_at timestamptz, cutoff_at timestamptz,
    interchange_id bigint references interchange,
    ${words('state', 'planned', 'no-read', 'batched', 'sent', 'accepted', 'rejected', 'cancelled', 'pulled', 'started')},
    sent_on date, processed_on date, placeholder_on date, rescission_last_day date, rescission_closes_at timestamptz,
    rescission_closed boolean not null default false, alarmed boolean not null default false, actual_start_on date, reject_code text,
    unique (account_id, service_point, kind, attempt))`,
  `create index request_interchange on request (interchange_id)`,
  `create index request_cohort on request (program_id, cohort, state)`,
  `create index request_planned on request (program_id, cohort, cutoff_at, bill_group, read_on, kind, account_id) where state = 'planned'`,
  `create index request_next on request (program_id, cohort, submit_at) where state = 'planned'`,
  `create index request_rescission on request (program_id, cohort, rescission_closes_at) where not rescission_closed`,
  `create table inbound_file (
    sha256 text primary key, program_id text not null, party text not null, name text not null, content bytea not null,
    received_at timestamptz not null, ${words('state', 'stored', 'started', 'applied', 'quarantined')}, why text, next_transaction integer not null default 0)`,
  `create table applied_transaction (
    program_id text not null, transaction_key text not null, sha256 text not null, seq bigint, primary key (program_id, transaction_key))`,
  `create table sending (
    sending_id bigint generated always as identity primary key, program_id text not null, ${words('party', 'mail', 'mail-house', 'utility')},
    kind text not null, subject text not null, content_sha256 text, message_id text not null unique,
    ${words('state', 'planned', 'claimed', 'handed-over', 'accepted', 'refused', 'unknown')}, attempt integer not null default 0,
    token text, handed_over_at timestamptz, done_at timestamptz, reply text, replaces bigint references sending)`,
  `create unique index sending_subject on sending (program_id, subject) where replaces is null`,
  `create unique index sending_content on sending (program_id, party, content_sha256) where replaces is null and content_sha256 is not null`,
  `create table counter (name text primary key, value bigint not null)`,
  `create table wake (
    workflow_id text primary key, program_id text not null, due bigint not null default 0, signalled bigint not null default 0, seen bigint not null default 0)`,
  `create table run (
    workflow_id text primary key, program_id text not null, ${words('kind', 'cycle', 'cohort', 'inbox')}, phase text not null,
    waiting_for text not null, next_due timestamptz, busy boolean not null, ended boolean not null default false, turn bigint not null default 0,
    epoch bigint not null default 0)`,
  `create table reconciliation (program_id text primary key, epoch bigint not null, at timestamptz not null, actor text not null)`,
  `create table stop_switch (
    program_id text not null, party text not null, "on" boolean not null, why text not null, actor text not null, at timestamptz not null,
    primary key (program_id, party))`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}
