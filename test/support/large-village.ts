/** An invented village of any size with the facts of one cycle, for counting and timing. The same size gives the same village. */
import { join } from 'node:path'
import { readScript, type RehearsalScript } from '../../cli/rehearsal/script.js'
import { addDays, type CivilDate, civilDate } from '../../domain/civil-date.js'
import { atLocalTime } from '../../domain/instant.js'
import { projectRoot } from '../../persistence/project-root.js'

export interface LargeVillage {
  readonly accounts: number
  readonly lists: readonly { readonly name: string; readonly content: Buffer }[]
  readonly boundary: string
  readonly script: RehearsalScript
}

const PLAN = 'mahomet'
const ZONE = 'America/Chicago'
/** Its reads, calendar, prices and bids serve a village of any size. */
const EXAMPLE_SCRIPT = join(projectRoot, 'examples', 'mahomet', 'script.json')

/** Of so many accounts one is…; coprime, so that every mixture occurs. */
const ONE_IN = {
  otherSupplier: 31,
  hourly: 53,
  outside: 59,
  electricHeat: 97,
  secondServicePoint: 23,
  firstDrop: 3,
  reply: 20,
  reject: 199,
  rescission: 211,
} as const

const FIRST_DROP = civilDate('2027-01-20')
const SECOND_DROP = civilDate('2027-01-22')
/** Days after the second drop on which replies come in; the last of them timely cards after the deadline. */
const REPLY_DAYS = { first: 2, last: 21 }
/** Replies are keyed twice a day, however many there are. */
const KEYED_AT = ['10:30', '15:30'] as const
const CHANNELS = ['card', 'web', 'phone', 'card', 'email', 'card', 'fax', 'counter'] as const
/** `A13` and `A76` go to a person, `NFI` ends it, `ABN` stands, `DIV` is asked again. */
const REJECT_CODES = ['A76', 'NFI', 'A13', 'ABN', 'DIV'] as const
const RESCISSION_DAYS = ['2027-02-22', '2027-02-24', '2027-02-26'] as const

const COLUMNS = [
  ...['account_number', 'service_point', 'customer_name', 'service_address', 'service_unit', 'service_city'],
  ...[
    'service_state',
    'service_zip',
    'service_zip4',
    'mail_address',
    'mail_unit',
    'mail_city',
    'mail_state',
    'mail_zip',
  ],
  ...['rate_class', 'bill_group', 'billing_type', 'electric_heat', 'free_service', 'bundled_hold_until', 'pipp'],
  ...[
    'account_start',
    'plc_kw',
    ...Array.from({ length: 12 }, (_, month) => `kwh_${String(month + 1).padStart(2, '0')}`),
  ],
].join(',')

export function largeVillage(accounts: number): LargeVillage {
  const rows = { fixed: [COLUMNS], supplier: [COLUMNS], hourly: [COLUMNS] }
  for (let n = 1; n <= accounts; n++) rows[listOf(n)].push(...accountRows(n))
  const list = (name: string, lines: readonly string[]) => ({ name, content: Buffer.from(`${lines.join('\n')}\n`) })
  return {
    accounts,
    lists: [
      list('utility-fixed-price.csv', rows.fixed),
      list('retail-supplier.csv', rows.supplier),
      list('utility-hourly.csv', rows.hourly),
    ],
    boundary: 'street,low,high,side\nProspect Ave,1,99999,both\nOak St,1,99999,both\n',
    script: scriptFor(accounts),
  }
}

/** Ten digits, spread over the whole range and never twice: the factor has no divisor in common with their number. */
export function accountNumber(n: number): string {
  return String((n * 314_159_263) % 10_000_000_000).padStart(10, '0')
}

function isOneIn(n: number, what: keyof typeof ONE_IN): boolean {
  return n % ONE_IN[what] === 0
}

function listOf(n: number): 'fixed' | 'supplier' | 'hourly' {
  if (isOneIn(n, 'otherSupplier')) return 'supplier'
  return isOneIn(n, 'hourly') ? 'hourly' : 'fixed'
}

function accountRows(n: number): string[] {
  const number = accountNumber(n)
  const street = isOneIn(n, 'outside') ? `${n} Far Rd` : `${n} ${n % 2 === 0 ? 'Oak St' : 'Prospect Ave'}`
  const address = [street, '', 'Mahomet', 'IL', '61853']
  const heat = isOneIn(n, 'electricHeat') ? 'Y' : 'N'
  const points = isOneIn(n, 'secondServicePoint') ? 2 : 1
  const kwh = Array.from({ length: 12 }, (_, month) => 500 + ((n * 7 + month * 41) % 400))
  return Array.from({ length: points }, (_, index) =>
    [
      ...[number, `${number}${String(index + 1).padStart(3, '0')}`, `Householder ${n}`, ...address, '1005', ...address],
      ...['DS-1', String(1 + ((n + index) % 21)), '', heat, 'N', '', 'N', '2020-05-18', '2.5', ...kwh],
    ].join(','),
  )
}

function scriptFor(accounts: number): RehearsalScript {
  const example = readScript(EXAMPLE_SCRIPT, PLAN)
  const numbers = Array.from({ length: accounts }, (_, index) => index + 1)
  const replying = numbers.filter((n) => isOneIn(n, 'reply'))
  const enrolling = numbers.filter((n) => listOf(n) === 'fixed' && !isOneIn(n, 'reply'))
  const rejected = enrolling.filter((n) => isOneIn(n, 'reject'))
  const rescinding = enrolling.filter((n) => isOneIn(n, 'rescission') && !isOneIn(n, 'reject'))
  return {
    ...example,
    drops: [
      { evidenceDate: FIRST_DROP, accounts: numbers.filter((n) => isOneIn(n, 'firstDrop')).map(accountNumber) },
      { evidenceDate: SECOND_DROP, accounts: 'all' },
    ],
    receipts: replying.map(replyOf).sort((a, b) => (a.received < b.received ? -1 : 1)),
    undeliverable: [],
    utility: {
      rejects: rejected.map((n, index) => ({ account: accountNumber(n), code: turn(REJECT_CODES, index) })),
      rescissions: rescinding.map((n, index) => ({
        account: accountNumber(n),
        on: civilDate(turn(RESCISSION_DAYS, index)),
      })),
      actualStarts: [],
    },
  }
}

function replyOf(n: number, index: number): RehearsalScript['receipts'][number] {
  const day = addDays(SECOND_DROP, REPLY_DAYS.first + (index % (REPLY_DAYS.last - REPLY_DAYS.first + 1)))
  const channel = turn(CHANNELS, index)
  const received = atLocalTime(ZONE, day, turn(KEYED_AT, index))
  return { account: accountNumber(n), channel, received, ...(channel === 'card' ? { postmark: mailed(day) } : {}) }
}

/** A card takes three days. */
function mailed(received: CivilDate): CivilDate {
  return addDays(received, -3)
}

function turn<T>(values: readonly T[], index: number): T {
  return values[index % values.length] as T
}
