/** Where everything stands at the end of a drill, without what may differ between two runs: random codes, hours of retries. */
import { createHash } from 'node:crypto'
import type { DrillWorld } from './drill-world.js'

export interface EndState {
  /** Account number to row state and the kinds of its journal entries, in order. */
  readonly accounts: Readonly<Record<string, string>>
  readonly requests: readonly string[]
  readonly interchanges: readonly string[]
  readonly batches: readonly string[]
  readonly drops: readonly string[]
  /** Subject to the state of the sending that counts. */
  readonly sendings: Readonly<Record<string, string>>
  /** Kinds of entries about no account, counted. */
  readonly programEvents: Readonly<Record<string, number>>
  readonly openItems: readonly string[]
  /** Name, and for the utility the hash, of each file that a party has. */
  readonly filesAtParties: readonly string[]
  readonly inbound: readonly string[]
}

/** Entries that a kill may add: they tell of it. */
const OF_THE_KILL = ['sending-unknown', 'sending-decided', 'work-item-opened', 'work-item-closed']

export async function endStateOf(world: DrillWorld): Promise<EndState> {
  const { programId } = world
  const db = world.database.kysely
  const accounts = await db
    .selectFrom('account')
    .selectAll()
    .where('program_id', '=', programId)
    .orderBy('account_number')
    .execute()
  const events = await db.selectFrom('event').selectAll().where('program_id', '=', programId).orderBy('seq').execute()
  const story = (id: number) =>
    events.filter((event) => event.account_id === id).map((event) => `${event.kind}@${event.effective}`)
  const requests = await db
    .selectFrom('request')
    .innerJoin('account', 'account.account_id', 'request.account_id')
    .selectAll('request')
    .select('account.account_number')
    .where('request.program_id', '=', programId)
    .orderBy('request.request_id')
    .execute()
  const interchanges = await db
    .selectFrom('interchange')
    .selectAll()
    .where('program_id', '=', programId)
    .orderBy('interchange_id')
    .execute()
  const batches = await db
    .selectFrom('print_batch')
    .selectAll()
    .where('program_id', '=', programId)
    .orderBy('batch_id')
    .execute()
  const drops = await db
    .selectFrom('mailing_drop')
    .selectAll()
    .where('program_id', '=', programId)
    .orderBy('cohort')
    .orderBy('drop_no')
    .execute()
  const sendings = await db
    .selectFrom('sending')
    .selectAll()
    .where('program_id', '=', programId)
    .orderBy('sending_id')
    .execute()
  const items = await db
    .selectFrom('work_item')
    .selectAll()
    .where('program_id', '=', programId)
    .where('closed_at', 'is', null)
    .execute()
  const inbound = await db
    .selectFrom('inbound_file')
    .selectAll()
    .where('program_id', '=', programId)
    .orderBy('name')
    .execute()
  return {
    accounts: Object.fromEntries(
      accounts.map((row) => [row.account_number, `${row.state}: ${story(row.account_id).join(' ')}`]),
    ),
    requests: requests.map((row) =>
      [
        row.account_number,
        row.service_point,
        row.kind,
        row.attempt,
        row.lin01,
        row.bgn02,
        row.state,
        row.read_on,
        row.sent_on,
        row.processed_on,
        row.actual_start_on,
      ].join(' '),
    ),
    interchanges: interchanges.map((row) =>
      [row.kind, row.file_name, row.isa13, row.gs06, row.st_first, row.requests, row.state, row.sha256].join(' '),
    ),
    batches: batches.map((row) => [row.kind, row.drop_no, row.batch_no, row.pieces, row.state].join(' ')),
    drops: drops.map((row) =>
      [row.cohort, row.drop_no, row.pieces, row.state, row.deadline, row.applied, row.closed].join(' '),
    ),
    sendings: stateBySubject(sendings),
    programEvents: countOf(
      events
        .filter((event) => event.account_id === null && !OF_THE_KILL.includes(event.kind))
        .map((event) => event.kind),
    ),
    openItems: items.map((item) => item.kind).sort(),
    filesAtParties: [
      ...world.sftp
        .list('utility', 'outbox')
        .map(({ name }) => `utility ${name} ${sha256(world.sftp.read('utility', `outbox/${name}`))}`),
      ...world.sftp.list('mail-house', 'outbox').map(({ name }) => `mail-house ${name}`),
    ],
    inbound: inbound.map((row) => `${row.name} ${row.sha256} ${row.state}`),
  }
}

export function countOf(items: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of [...items].sort()) counts[item] = (counts[item] ?? 0) + 1
  return counts
}

/**
 * Of each subject the state of its last sending, `batch/1` standing for the first batch: a killed database leaves gaps in its numbers.
 * @param sendings in the order in which they were planned
 */
export function stateBySubject(
  sendings: readonly { readonly subject: string; readonly state: string }[],
): Record<string, string> {
  const states: Record<string, string> = {}
  const subjects: string[] = []
  for (const { subject, state } of sendings) {
    if (!subjects.includes(subject)) subjects.push(subject)
    const kind = `${subject.split('/')[0]}/`
    const ofItsKind = subjects.filter((other) => other.startsWith(kind))
    states[`${kind}${ofItsKind.indexOf(subject) + 1}`] = state
  }
  return states
}

/** How many accounts stand where. */
export function statesOf(end: EndState): Record<string, number> {
  return countOf(Object.values(end.accounts).map((story) => story.split(':')[0] ?? ''))
}

/** The most often that one thing arrived at a party: a file by its name, a message by its Message-ID. */
export function mostArrivals(world: DrillWorld): number {
  const files = countOf(world.arrivals.map(({ party, name }) => `${party} ${name}`))
  const messages = countOf(world.mail.messages().map((message) => message.messageId))
  return Math.max(0, ...Object.values(files), ...Object.values(messages))
}

function sha256(content: Buffer | null): string {
  return createHash('sha256')
    .update(content ?? '')
    .digest('hex')
}
