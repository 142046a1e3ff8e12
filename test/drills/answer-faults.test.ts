/** Fault class 6: what the utility may do to its answers, from the file on its server to the accounts. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ActivityContext } from '../../activities/context.js'
import type { FileParty, WaitingFile } from '../../activities/file-party.js'
import { applyInboundChunk } from '../../activities/utility-inbox.js'
import type { Desk } from '../../client/desk.js'
import { type Database, openDatabase } from '../../persistence/database.js'
import { isStopped } from '../../persistence/ledger/stop-switches.js'
import { lookAtUtility, UTILITY_FOLDERS } from '../../worker/utility-look.js'
import { type RawTransaction, rawInterchange } from '../edi/raw-interchange.js'
import { requestOf } from '../persistence/ledger/answers.js'
import { DAYS, requestsOf, villageAt } from '../persistence/ledger/phases.js'
import { home, type Village } from '../persistence/ledger/village.js'
import {
  accountsOf,
  dispositions,
  eventsOf,
  expectBalance,
  openItems,
  stateOf,
} from '../persistence/ledger/where-they-stand.js'

const OURS = '006900001'
const ANOTHER = '006900002'

let database: Database
let folder: string
let village: Village
/** What the utility left for us and we have not taken. */
let waiting: WaitingFile[]
/** Every run of a file that was ever asked for, by its id. */
let started: string[]
let files = 0
let references = 0

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'meterhall-answers-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
// what matches nothing goes to the oldest program of its supplier: each test has that to itself
beforeEach(async () => {
  database = await openDatabase({ kind: 'memory' })
  await database.migrate()
  village = await villageAt(database, 'submitted')
  waiting = []
  started = []
})

afterEach(() => database.close())

const utility = {
  waiting: async (from: string) => (from === UTILITY_FOLDERS.inbox ? [...waiting] : []),
  remove: async (_from: string, taken: WaitingFile) => {
    waiting = waiting.filter((file) => file.path !== taken.path)
  },
} as unknown as FileParty

const temporal = {
  workflow: { start: async (_type: string, { workflowId }: { workflowId: string }) => started.push(workflowId) },
} as unknown as Client

/** One look into the inbox, and the run of every file that it started. */
async function take(): Promise<void> {
  const desk: Desk = { database, temporal, now: () => DAYS.answers, clock: 'stepped' }
  await lookAtUtility(desk, utility, folder)
  const rows = await database.kysely
    .selectFrom('inbound_file')
    .select('sha256')
    .where('program_id', '=', village.programId)
    .where('state', '=', 'started')
    .orderBy('name')
    .execute()
  for (const { sha256 } of rows) {
    const call = { programId: village.programId, sha256, asOf: DAYS.answers }
    while (!(await applyInboundChunk({ database } as unknown as ActivityContext, call)).done);
  }
}

async function receive(...contents: readonly string[]): Promise<void> {
  for (const content of contents) {
    const name = `answer-${String(++files).padStart(6, '0')}.edi`
    waiting.push({ name, path: name, content: Buffer.from(content, 'latin1') })
    await take()
  }
}

/** A file of its own for each, in one group. */
function file(...transactions: readonly RawTransaction[]): string {
  return rawInterchange([transactions], { control: String(900_000_000 + ++files) })
}

interface Told {
  readonly lin01: string
  readonly account_number: string
  readonly service_point: string
}

async function asked(number: string): Promise<Told> {
  const { lin01, service_point } = await requestOf(village, number)
  return { lin01, service_point, account_number: number }
}

const response = (request: Told, action: string, ...more: string[]): RawTransaction => [
  '814',
  `BGN*11*U-${++references}*20270324`,
  'N1*8S*Utility*9*1234567890001',
  `N1*SJ*Supplier*1*${OURS}`,
  `LIN*${request.lin01}*SH*EL*SH*CE`,
  `ASI*${action}*021`,
  `REF*12*${request.account_number}`,
  `REF*LU*${request.service_point}`,
  ...more,
]
const accept = (request: Told): RawTransaction => response(request, 'WQ', 'DTM*150*20270402')
const reject = (request: Told): RawTransaction => response(request, 'U', 'REF*7G*008')
const rescission = (request: Told): RawTransaction => [
  '814',
  `BGN*13*U-${++references}*20270326`,
  'N1*8S*Utility*9*1234567890001',
  `N1*SJ*Supplier*1*${OURS}`,
  `LIN*U-LIN-${references}*SH*EL*SH*CE`,
  'ASI*F*024',
  'REF*1P*EB3',
  `REF*12*${request.account_number}`,
  `REF*LU*${request.service_point}`,
]
const usage = (request: Told): RawTransaction => [
  '867',
  `BPT*00*U-${++references}*20270505*C1`,
  'N1*8S*Utility*9*1234567890001',
  `N1*SJ*Supplier*1*${OURS}`,
  `REF*12*${request.account_number}`,
  `REF*LU*${request.service_point}`,
  'PTD*SU',
  'DTM*150*20270402',
  'DTM*151*20270504',
]
const acknowledgment = (gs06: number, verdict: 'A' | 'R'): RawTransaction => [
  '997',
  `AK1*GE*${gs06}`,
  `AK9*${verdict}*1*1*${verdict === 'A' ? 1 : 0}`,
]

async function groupOf(number: string): Promise<number> {
  const { interchange_id: id } = await requestOf(village, number)
  const row = await database.kysely
    .selectFrom('interchange')
    .select('gs06')
    .where('interchange_id', '=', id ?? 0)
    .executeTakeFirstOrThrow()
  return row.gs06 ?? 0
}

/** Two households have no read that can be reached; a person knows before any answer comes. */
const KNOWN_BEFORE = 'no-read'
const newItems = async () => (await openItems(village)).filter((kind) => kind !== KNOWN_BEFORE).sort()

/** Everything about accounts and requests that an answer can move. */
async function standing() {
  const requests = await requestsOf(village)
  return {
    accounts: (await accountsOf(village)).map((account) => `${account.account_number} ${account.state}`),
    requests: requests.map((request) =>
      [request.kind, request.service_point, request.state, request.processed_on, request.actual_start_on].join(' '),
    ),
    files: (
      await database.kysely
        .selectFrom('interchange')
        .select(['file_name', 'state'])
        .where('program_id', '=', village.programId)
        .orderBy('interchange_id')
        .execute()
    ).map(({ state }) => state),
    items: await newItems(),
  }
}

const inbound = async () =>
  (
    await database.kysely
      .selectFrom('inbound_file')
      .select(['state', 'why'])
      .where('program_id', '=', village.programId)
      .orderBy('name')
      .execute()
  ).map(({ state }) => state)

describe('fault class 6: what comes twice', () => {
  test('the same file under another name is one file with one run', async () => {
    const content = file(accept(await asked(home(1))), reject(await asked(home(4))))
    await receive(content)
    const before = await standing()
    await receive(content, content)
    expect(await standing()).toEqual(before)
    expect(await inbound()).toEqual(['applied'])
    expect(started).toHaveLength(1)
    expect(waiting).toEqual([])
    expect(await eventsOf(village, 'enrollment-accepted')).toHaveLength(1)
    expect(await eventsOf(village, 'enrollment-rejected')).toHaveLength(1)
  })

  test('the same transactions in another interchange, or twice in one, count once', async () => {
    const twice = [
      accept(await asked(home(1))),
      rescission(await asked(home(1))),
      usage(await asked(home(4))),
      acknowledgment(await groupOf(home(1)), 'A'),
    ]
    await receive(file(...twice))
    const before = await standing()
    await receive(file(...twice), file(...[...twice].reverse(), ...twice))
    expect(await standing()).toEqual(before)
    expect(await inbound()).toEqual(['applied', 'applied', 'applied'])
    for (const kind of ['enrollment-accepted', 'rescinded', 'interchange-acknowledged', 'transaction-unmatched'])
      expect([kind, (await eventsOf(village, kind)).length]).toEqual([kind, kind === 'transaction-unmatched' ? 0 : 1])
  })
})

describe('fault class 6: what comes in another order', () => {
  test('acknowledgment, acceptances, a rescission and usage end the same in all 24 orders', async () => {
    const ends: unknown[] = []
    for (const order of ordersOf([0, 1, 2, 3])) {
      village = await villageAt(database, 'submitted')
      const [stays, leaves, refused] = [await asked(home(1)), await asked(home(4)), await asked(home(7))]
      const said = [
        file(acknowledgment(await groupOf(home(1)), 'A')),
        file(accept(stays), accept(leaves), reject(refused)),
        file(rescission(leaves)),
        file(usage(stays)),
      ]
      await receive(...order.map((index) => said[index] ?? ''))
      await expectBalance(village)
      const moved = (await dispositions(village)) as Record<string, number>
      ends.push({ ...(await standing()), moved })
    }
    expect(ends).toHaveLength(24)
    expect(ends[0]).toMatchObject({ moved: { enrolled: 1, rescinded: 1, rejected: 1 }, items: [] })
    for (const end of ends) expect(end).toEqual(ends[0])
  }, 120_000)
})

describe('fault class 6: what is not about us', () => {
  test('unknown requests, accounts and groups become work, one item each, and move nobody', async () => {
    const before = await standing()
    const nobody = { lin01: 'E202799999999', account_number: '9999999999', service_point: '9999999999-1' }
    await receive(file(accept(nobody), reject(nobody), rescission(nobody), usage(nobody), acknowledgment(987_654, 'A')))
    expect(await standing()).toEqual({ ...before, items: Array(5).fill('unmatched-transaction') })
    expect(await inbound()).toEqual(['applied'])
    expect(await eventsOf(village, 'transaction-unmatched')).toHaveLength(5)
  })

  test('a file for another supplier moves nobody, even where it names our accounts and our requests: one item', async () => {
    const before = await standing()
    const request = await asked(home(1))
    const group = await groupOf(home(1))
    const toAnother = file(accept(request), rescission(request), usage(request), acknowledgment(group, 'R')).replaceAll(
      OURS,
      ANOTHER,
    )
    await receive(toAnother)
    expect(await standing()).toEqual({ ...before, items: ['file-quarantined'] })
    expect(await inbound()).toEqual(['quarantined'])
    expect(await isStopped(database.kysely, village.programId, 'utility')).toBe(false)
  })

  test('of a file with a group for another supplier, ours is applied and the other becomes work', async () => {
    const [ours, theirs] = [await asked(home(1)), await asked(home(4))]
    const both = rawInterchange([[accept(ours)], [accept(theirs)]], { control: String(900_000_000 + ++files) })
    const [first = '', second = ''] = both.split('GS*GE*1234567890001*006900001*20270105*0915*2')
    const mixed = `${first}GS*GE*1234567890001*${ANOTHER}*20270105*0915*2${second.replaceAll(OURS, ANOTHER)}`
    await receive(mixed)
    expect([await stateOf(village, home(1)), await stateOf(village, home(4))]).toEqual(['accepted', 'submitted'])
    expect(await newItems()).toEqual(['unmatched-transaction'])
  })
})

describe('fault class 6: what is not whole', () => {
  let whole: string
  beforeEach(async () => {
    whole = file(accept(await asked(home(1))), reject(await asked(home(4))), rescission(await asked(home(7))))
  })

  const faults: readonly (readonly [string, (whole: string) => string])[] = [
    ['cut inside a transaction', (text) => text.slice(0, text.indexOf('ASI*U'))],
    ['cut between two transactions', (text) => text.slice(0, text.indexOf('ST*814*0002'))],
    ['cut before GE', (text) => text.slice(0, text.indexOf('GE*3*'))],
    ['cut before IEA', (text) => text.slice(0, text.indexOf('IEA*'))],
    ['cut inside the last segment', (text) => text.slice(0, -2)],
    ['SE counts another number of segments', (text) => text.replace('SE*10*0001', 'SE*11*0001')],
    ['GE counts another number of transactions', (text) => text.replace('GE*3*1', 'GE*2*1')],
    ['IEA counts another number of groups', (text) => text.replace('IEA*1*', 'IEA*2*')],
    ['a transaction is missing from the middle', (text) => text.replace(/ST\*814\*0002.*?SE\*\d+\*0002~/s, '')],
    ['nothing', () => ''],
  ]
  test.each(faults)('%s: quarantined whole, told once, and nothing of it is applied', async (_name, spoil) => {
    const spoilt = spoil(whole)
    expect(spoilt).not.toBe(whole)
    const before = await standing()
    await receive(spoilt, spoilt)
    expect(await standing()).toEqual({ ...before, items: ['file-quarantined'] })
    expect(await inbound()).toEqual(['quarantined'])
    // sent again whole, it is another file and is applied
    await receive(whole)
    expect(await inbound()).toEqual(['quarantined', 'applied'])
    expect([await stateOf(village, home(1)), await stateOf(village, home(4))]).toEqual(['accepted', 'rejected'])
    expect(await newItems()).toEqual(['file-quarantined'])
    await expectBalance(village)
  })
})

describe('fault class 6: acknowledgments', () => {
  test('a refused file stops what would follow; the same word again changes nothing', async () => {
    const group = await groupOf(home(1))
    await receive(file(acknowledgment(group, 'R')), file(acknowledgment(group, 'R')))
    expect(await isStopped(database.kysely, village.programId, 'utility')).toBe(true)
    expect(await newItems()).toEqual(['file-refused'])
    expect(await eventsOf(village, 'interchange-refused')).toHaveLength(1)
  })

  test.each([
    ['yes', 'A', 'R', false],
    ['no', 'R', 'A', true],
  ] as const)(
    'the first word, %s, stands: the opposite moves nothing and is shown to a person',
    async (_word, first, second, stopped) => {
      const group = await groupOf(home(1))
      await receive(file(acknowledgment(group, first)))
      const before = await standing()
      await receive(file(acknowledgment(group, second)))
      expect(await standing()).toEqual({ ...before, items: [...before.items, 'unmatched-transaction'] })
      expect(await isStopped(database.kysely, village.programId, 'utility')).toBe(stopped)
    },
  )
})

function ordersOf(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) => ordersOf(items.filter((other) => other !== item)).map((rest) => [item, ...rest]))
}
