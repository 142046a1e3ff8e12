/**
 * The ledger's tables, as Kysely sees them. One interface per table, one line per column.
 *
 * Civil dates are text `YYYY-MM-DD`, instants ISO 8601 in UTC. `program_id` stands on every row that belongs to a program.
 * Every state column is a readable word and carries a check in the migration.
 */
import type { ColumnType, Generated, Insertable, Selectable } from 'kysely'
import type { PostalAddress } from '../domain/account.js'
import type { CivilDate } from '../domain/civil-date.js'
import type { Instant } from '../domain/instant.js'
import type { PlanTerms } from '../domain/plan.js'

/** JSON is read as a value and written as text. */
type Json<T> = ColumnType<T, string, string>

export interface ProgramTable {
  program_id: string
  plan_id: string
  plan_version: CivilDate
  terms: Json<PlanTerms>
  /** The boundary file as given: street ranges. */
  boundary: string
  rehearsal: boolean
  clock: 'timer' | 'stepped'
  /** Program time minus the Temporal server's time. */
  offset_ms: number
  started_at: Instant
}

export interface ReadDateTable {
  program_id: string
  bill_group: string
  read_on: CivilDate
}

export interface DefaultRateTable {
  program_id: string
  since: CivilDate
  rate_class: string
  milli_cents: number
  source: string
}

export interface EventTable {
  seq: Generated<number>
  program_id: string
  cohort: string | null
  account_id: number | null
  kind: string
  /** When it took effect: a civil date or an instant. */
  effective: string
  /** Program time at which the ledger learned of it. */
  recorded_at: Instant
  actor: string
  clause: string | null
  data: Json<Record<string, unknown>>
}

export interface VerbTable {
  verb_id: string
  program_id: string
  name: string
  actor: string
  at: Instant
  result: Json<unknown>
}

export interface CustomerListTable {
  list_id: string
  program_id: string
  ordinal: number
  as_of: CivilDate
  received_at: Instant
  source: string
  mapping: Json<unknown> | null
  state: 'received' | 'reviewed' | 'signed' | 'superseded'
  counts: Json<Record<string, number>> | null
}

export interface ListFileTable {
  list_id: string
  program_id: string
  kind: 'fixed' | 'supplier' | 'hourly'
  name: string
  sha256: string
  content: Uint8Array
}

export interface ProblemTable {
  program_id: string
  list_id: string
  file: string
  line: number
  code: string
  message: string
}

export interface SignatureTable {
  program_id: string
  subject: string
  person: string
  at: Instant
}

export interface AccountTable {
  account_id: Generated<number>
  program_id: string
  list_id: string
  account_number: string
  list_kind: string
  customer_name: string
  service_address: Json<PostalAddress>
  mail_address: Json<PostalAddress>
  pipp: boolean
  account_start: CivilDate | null
  annual_kwh: number
  eligibility: 'ineligible' | 'needs-review' | 'opt-in-only' | 'auto-enroll'
  cohort: string | null
  state: AccountState
}

/** One row state per account; every move is written with its event in one transaction. */
export type AccountState =
  | 'listed'
  /** On an earlier list, not on the newest. */
  | 'unlisted'
  | 'to-be-noticed'
  | 'printed'
  | 'noticed'
  | 'returned'
  | 'opted-out'
  | 'pending'
  | 'not-noticed'
  | 'rostered'
  | 'submitted'
  | 'accepted'
  | 'rejected'
  | 'rescinded'
  | 'in-service'

export interface FindingTable {
  program_id: string
  account_id: number
  code: string
}

export interface ServicePointTable {
  program_id: string
  account_id: number
  service_point: string
  rate_class: string
  bill_group: string
  billing_type: string
  monthly_kwh: Json<(number | null)[]>
}

export interface BidTable {
  bid_id: Generated<number>
  program_id: string
  round: number
  supplier: string
  content: Json<unknown>
  received_at: Instant
  opened_at: Instant | null
}

export interface AwardTable {
  program_id: string
  round: number
  outcome: 'awarded' | 'rejected-all' | 'no-bid' | 'lock-expired'
  bid_id: number | null
  decided_at: Instant
  decided_by: string
}

export interface CohortTable {
  program_id: string
  cohort: string
  kind: 'initial' | 'follow-up'
  /** The verb that planned the present drops; an interrupted planning by another one stops. */
  drops_verb: string | null
  /** Digest of what the checked proof showed; cleared when the drops change. */
  proof_sha256: string | null
  approved_at: Instant | null
  approved_by: string | null
  frozen_at: Instant | null
  /** A follow-up that the parent has not started yet. */
  started: boolean
}

/** A named choice of accounts, for a drop that takes only some. */
export interface SelectionTable {
  selection_id: string
  program_id: string
  account_id: number
}

export interface MailingDropTable {
  program_id: string
  cohort: string
  drop_no: number
  kind: 'notice' | 're-mail'
  planned_on: CivilDate
  printed_deadline: CivilDate
  pieces: number
  state: 'planned' | 'approved' | 'handed-over' | 'evidenced' | 'mismatch'
  evidence_on: CivilDate | null
  evidence_pieces: number | null
  /** The later of printed and computed; null until the evidence reconciles. */
  deadline: CivilDate | null
  closes_at: Instant | null
  /** The accounts were moved and the replies judged by this evidence. */
  applied: boolean
  closed: boolean
}

export interface EvidenceTable {
  evidence_id: Generated<number>
  program_id: string
  cohort: string
  drop_no: number
  evidence_on: CivilDate
  pieces: number
  form: string
  recorded_at: Instant
  actor: string
  reconciled: boolean
}

export interface PrintBatchTable {
  batch_id: Generated<number>
  program_id: string
  cohort: string
  drop_no: number
  batch_no: number
  kind: 'notice' | 're-mail' | 'undo'
  pieces: number
  sha256: string | null
  file: string | null
  state: 'planned' | 'rendered' | 'handed-over'
}

export interface PieceTable {
  piece_id: Generated<number>
  program_id: string
  cohort: string
  account_id: number
  drop_no: number
  kind: 'notice' | 're-mail' | 'undo'
  /** 1..N within the drop, without a gap, over the letters that are printed. */
  sequence: number | null
  letter_code: string
  batch_id: number | null
  /** Why the renderer could not place it; a person decides. */
  in_review: string | null
  returned_on: CivilDate | null
}

export interface ReceiptTable {
  receipt_id: Generated<number>
  program_id: string
  account_id: number | null
  typed_account: string
  channel: string
  postmark: CivilDate | null
  received_at: Instant
  signed: boolean
  verdict: 'awaiting-evidence' | 'timely' | 'late' | 'needs-a-person'
  why: string
  clause: string | null
  /** What it led to. */
  effect: 'opted-out' | 'already-out' | 'none' | 'work-item' | 'undo'
  recorded_at: Instant
  actor: string
}

export interface WorkItemTable {
  item_id: Generated<number>
  program_id: string
  cohort: string | null
  account_id: number | null
  kind: string
  message: string
  clause: string | null
  opened_at: Instant
  due_at: Instant | null
  alarmed: boolean
  closed_at: Instant | null
  closed_by: string | null
  resolution: string | null
}

export interface RequestTable {
  request_id: Generated<number>
  program_id: string
  cohort: string
  account_id: number
  service_point: string
  kind: 'enroll' | 'drop'
  attempt: number
  /** LIN01: unique for ever. */
  lin01: string
  bgn02: string
  rate_code: string
  /** The scheduled read or calendar-month anchor asked for. */
  read_on: CivilDate | null
  bill_group: string
  /** Earliest instant at which it may go out. */
  submit_at: Instant | null
  cutoff_at: Instant | null
  interchange_id: number | null
  state: 'planned' | 'no-read' | 'batched' | 'sent' | 'accepted' | 'rejected' | 'cancelled' | 'pulled' | 'started'
  sent_on: CivilDate | null
  processed_on: CivilDate | null
  placeholder_on: CivilDate | null
  rescission_last_day: CivilDate | null
  rescission_closes_at: Instant | null
  rescission_closed: boolean
  alarmed: boolean
  actual_start_on: CivilDate | null
  reject_code: string | null
}

export interface InterchangeTable {
  interchange_id: Generated<number>
  program_id: string
  cohort: string
  kind: 'enroll' | 'drop'
  bill_group: string
  read_on: CivilDate
  /** Numbers, date and bytes are fixed together, before the first attempt. */
  isa13: number | null
  gs06: number | null
  st_first: number | null
  dated: Instant | null
  requests: number
  file_name: string | null
  sha256: string | null
  content: Uint8Array | null
  state: 'planned' | 'fixed' | 'sent' | 'acknowledged' | 'refused' | 'empty'
  sent_at: Instant | null
  acknowledgment_due: Instant | null
  response_due: Instant | null
  responded: boolean
  alarmed: boolean
}

/** What a party left for us, verbatim, once for the whole installation. */
export interface InboundContentTable {
  sha256: string
  content: Uint8Array
}

/** A file as one program has to apply it. */
export interface InboundFileTable {
  program_id: string
  sha256: string
  party: string
  name: string
  received_at: Instant
  state: 'stored' | 'started' | 'applied' | 'quarantined'
  why: string | null
  /** Which transactions of the file are this program's, 0 = the first, ascending; null: all. */
  places: Json<number[]> | null
  /** Of this program's transactions, the first that is not applied. */
  next_transaction: number
}

/** One row per inbound transaction that had an effect: applied once, however often it arrives. */
export interface AppliedTransactionTable {
  program_id: string
  transaction_key: string
  sha256: string
  seq: number | null
}

/** A number that the utility gave one of our accounts later; the account keeps the one of the list. */
export interface RenumberingTable {
  program_id: string
  account_number: string
  /** As the utility names it now; empty when it named none. */
  service_point: string
  account_id: number
  own_service_point: string
  since: CivilDate
  recorded_at: Instant
}

export interface SendingTable {
  sending_id: Generated<number>
  program_id: string
  party: 'mail' | 'mail-house' | 'utility'
  kind: string
  /** What is sent: `batch/12`, `interchange/7`, `data-request/1`. */
  subject: string
  content_sha256: string | null
  message_id: string
  state: 'planned' | 'claimed' | 'handed-over' | 'accepted' | 'refused' | 'unknown'
  attempt: number
  token: string | null
  handed_over_at: Instant | null
  done_at: Instant | null
  reply: string | null
  replaces: number | null
}

export interface CounterTable {
  name: string
  value: number
}

/** Wake-ups owed to a workflow: `due` counts the facts, `seen` how far the workflow has read. */
export interface WakeTable {
  workflow_id: string
  program_id: string
  due: number
  signalled: number
  seen: number
}

/** What each run waits for, as it last said itself: the read model behind `status`. */
export interface RunTable {
  workflow_id: string
  program_id: string
  kind: 'cycle' | 'cohort' | 'inbox'
  phase: string
  waiting_for: string
  next_due: Instant | null
  busy: boolean
  ended: boolean
  /** How often the run has asked for its agenda: behind this, the workflow store was restored. */
  turn: Generated<number>
  /** The epoch in which it did so last. */
  epoch: Generated<number>
}

/** The last time a person reconciled the two stores; each time begins an epoch. */
export interface ReconciliationTable {
  program_id: string
  epoch: number
  at: Instant
  actor: string
}

export interface StopSwitchTable {
  program_id: string
  party: string
  on: boolean
  why: string
  actor: string
  at: Instant
}

/** A person who may sign in. Not of one program. */
export interface OperatorTable {
  name: string
  /** argon2id, in its own text form. */
  password_hash: string
  roles: Json<OperatorRole[]>
  created_at: Instant
  /** Set when the person left: nothing signs in any more, the name stays in the journal. */
  ended_at: Instant | null
}

export type OperatorRole = 'clerk' | 'village' | 'consultant' | 'supplier' | 'auditor'

/** A bearer token or a session; the secret itself is nowhere. */
export interface OperatorTokenTable {
  token_sha256: string
  operator: string
  kind: 'token' | 'session'
  created_at: Instant
  /** Null: until it is revoked. */
  expires_at: Instant | null
}

export interface Tables {
  program: ProgramTable
  read_date: ReadDateTable
  default_rate: DefaultRateTable
  event: EventTable
  verb: VerbTable
  customer_list: CustomerListTable
  list_file: ListFileTable
  problem: ProblemTable
  signature: SignatureTable
  account: AccountTable
  finding: FindingTable
  service_point: ServicePointTable
  bid: BidTable
  award: AwardTable
  cohort: CohortTable
  selection: SelectionTable
  mailing_drop: MailingDropTable
  evidence: EvidenceTable
  print_batch: PrintBatchTable
  piece: PieceTable
  receipt: ReceiptTable
  work_item: WorkItemTable
  request: RequestTable
  interchange: InterchangeTable
  inbound_content: InboundContentTable
  inbound_file: InboundFileTable
  applied_transaction: AppliedTransactionTable
  renumbering: RenumberingTable
  sending: SendingTable
  counter: CounterTable
  wake: WakeTable
  run: RunTable
  reconciliation: ReconciliationTable
  stop_switch: StopSwitchTable
  operator: OperatorTable
  operator_token: OperatorTokenTable
}

export type Row<T extends keyof Tables> = Selectable<Tables[T]>
export type NewRow<T extends keyof Tables> = Insertable<Tables[T]>
